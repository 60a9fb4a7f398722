"""All in one function, without the helpers of the solution, and with a mean that is kept up."""


def train(step, validate, callbacks, epochs, model, batches, held_out):
    model.stop_training = False
    for c in callbacks:
        c.set_model(model)
    try:
        logs = {}
        for c in callbacks:
            c.on_train_begin(logs=logs)
        epoch = 0
        while epoch < epochs and not model.stop_training:
            logs = {}
            for c in callbacks:
                c.on_epoch_begin(epoch, logs=logs)
            total = count = 0
            while count < batches and not model.stop_training:
                logs = {}
                for c in callbacks:
                    c.on_train_batch_begin(count, logs=logs)
                if model.stop_training:
                    break
                logs = {"loss": step(count)}
                total += logs["loss"]
                for c in callbacks:
                    c.on_train_batch_end(count, logs=logs)
                count += 1
            results = {"loss": total / count} if count else {}
            if not model.stop_training:
                logs = {}
                for c in callbacks:
                    c.on_test_begin(logs=logs)
                held_out_total = 0
                for batch in range(held_out):
                    logs = {}
                    for c in callbacks:
                        c.on_test_batch_begin(batch, logs=logs)
                    logs = {"loss": validate(batch)}
                    held_out_total += logs["loss"]
                    for c in callbacks:
                        c.on_test_batch_end(batch, logs=logs)
                logs = {"loss": held_out_total / held_out}
                for c in callbacks:
                    c.on_test_end(logs=logs)
                results["val_loss"] = held_out_total / held_out
            for c in callbacks:
                c.on_epoch_end(epoch, logs=results)
            epoch += 1
        logs = {}
        for c in callbacks:
            c.on_train_end(logs=logs)
    except BaseException as error:
        for c in callbacks:
            c.on_exception(error)
        raise

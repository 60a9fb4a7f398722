"""A6: the loop that callbacks listen to."""

from statistics import fmean


def train(step, validate, callbacks, epochs, model, batches, held_out):
    """Train for some epochs, and tell every callback of every moment."""

    def tell(hook, *number, **logs):
        for callback in callbacks:
            getattr(callback, hook)(*number, logs)

    def train_epoch():
        losses = []
        for batch in range(batches):
            if not model.stop_training:
                tell("on_train_batch_begin", batch)
            if not model.stop_training:
                losses.append(step(batch))
                tell("on_train_batch_end", batch, loss=losses[-1])
        return {"loss": fmean(losses)} if losses else {}

    def test():
        losses = []
        tell("on_test_begin")
        for batch in range(held_out):
            tell("on_test_batch_begin", batch)
            losses.append(validate(batch))
            tell("on_test_batch_end", batch, loss=losses[-1])
        tell("on_test_end", loss=fmean(losses))
        return {"val_loss": fmean(losses)}

    model.stop_training = False
    for callback in callbacks:
        callback.set_model(model)
    try:
        tell("on_train_begin")
        for epoch in range(epochs):
            if model.stop_training:
                break
            tell("on_epoch_begin", epoch)
            logs = train_epoch()
            if not model.stop_training:
                logs.update(test())
            tell("on_epoch_end", epoch, **logs)
        tell("on_train_end")
    except BaseException as exception:
        for callback in callbacks:
            callback.on_exception(exception)
        raise

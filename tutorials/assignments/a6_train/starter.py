"""A6: the loop that callbacks listen to."""


def train(step, validate, callbacks, epochs, model, batches, held_out):
    """Train for some epochs, and tell every callback of every moment.

    `step(batch)` trains on a batch and returns its loss; `validate(batch)` returns the loss of a
    batch that is held out. Each epoch has `batches` of the former, then `held_out` of the latter.
    Epochs and batches count from 0.

    Before anything else, `model.stop_training` is set to False, and each callback is given the
    model by `set_model(model)`. Then all callbacks hear of these moments, in the order of the list:

        on_train_begin(logs)
            on_epoch_begin(epoch, logs)
                on_train_batch_begin(batch, logs)       before each step
                on_train_batch_end(batch, logs)         after it: logs hold its loss
                on_test_begin(logs)
                    on_test_batch_begin(batch, logs)    before each validate
                    on_test_batch_end(batch, logs)      after it: logs hold its loss
                on_test_end(logs)                       logs hold loss, the mean of those
            on_epoch_end(epoch, logs)                   logs hold loss, the mean of the epoch's
        on_train_end(logs)                              steps, and val_loss, that of validation

    `logs` is a new dict for each moment, the same one for all callbacks; where nothing is said
    above it is empty.

    Once a callback has set `model.stop_training` to True, in whatever hook, no further epoch, step
    or validation begins, and the hooks of their beginning are not called either. A batch whose step
    is left out has no `on_train_batch_end`. All callbacks still hear of the moment itself. An epoch
    that has begun still ends with `on_epoch_end` (without loss if it had no step, without val_loss
    if it was not validated), and the run with `on_train_end`.

    Whatever is raised, by Ctrl-C too, goes on unchanged; before, each callback is told by
    `on_exception(exception)`, in place of `on_train_end`.
    """
    for _ in range(epochs):  # a loop that nobody can listen to
        for batch in range(batches):
            step(batch)
        for batch in range(held_out):
            validate(batch)

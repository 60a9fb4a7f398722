"""A3: stop when training has stopped helping, as a callback."""


class Stop:
    """Stop after `patience` epochs in a row without a new best score; 0 acts as 1.

    monitor               the key of the score in the logs; a smaller one is better
    patience              a number of epochs
    restore_best_weights  give the model the weights of the best epoch when training ends
    start_from_epoch      epochs before this one, counted from 0, are not looked at

    self.model has stop_training, get_weights() and set_weights(weights).
    """

    def __init__(self, monitor="val_loss", patience=0, restore_best_weights=False,
                 start_from_epoch=0):  # fmt: skip
        raise NotImplementedError("write me")

    def set_model(self, model):
        self.model = model

    def on_train_begin(self, logs=None):
        """Called before the first epoch of each fit."""

    def on_epoch_end(self, epoch, logs=None):
        """Called after each epoch, counted from 0; `logs` is a dict of floats, or None."""

    def on_train_end(self, logs=None):
        """Called after the last epoch, whatever ended the training."""

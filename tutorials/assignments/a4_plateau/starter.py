"""When are the steps too large to get further down?"""


class Plateau:
    """Cut the learning rate after patience epochs without a new best val_loss, then cool."""

    def __init__(self, patience, factor, cooldown, min_lr):
        self.patience = patience
        self.factor = factor
        self.cooldown = cooldown
        self.min_lr = min_lr

    def on_train_begin(self, logs=None):
        pass  # What must be forgotten when a new training begins?

    def on_epoch_end(self, epoch, logs=None):
        pass  # self.model.optimizer.learning_rate = ...: when, and how much?

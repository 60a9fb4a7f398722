"""Which epochs do I want to have tomorrow?"""


class Keep:
    """Save the model in each due epoch whose score is the best of those compared so far."""

    def __init__(self, filepath, monitor, period=1):
        self.filepath = filepath
        self.monitor = monitor
        self.period = period

    def on_epoch_end(self, epoch, logs=None):
        pass  # self.model.save(...): when, and where to?

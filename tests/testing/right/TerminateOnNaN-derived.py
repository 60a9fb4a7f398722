"""A Callback of the library, by the newer name of the hook, and without math."""

from minikeras.callbacks import Callback


class TerminateOnNaN(Callback):
    def on_train_batch_end(self, batch, logs=None):
        if logs and self.is_hopeless(logs.get("loss", 0.0)):
            self.model.stop_training = True

    @staticmethod
    def is_hopeless(loss):
        return not abs(loss) < float("inf")

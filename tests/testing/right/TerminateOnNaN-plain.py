"""In the style of Keras's documents."""

import math


class TerminateOnNaN:
    def set_model(self, model):
        self.model = model

    def on_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is None:
            return
        if not math.isfinite(loss):
            print(f"batch {batch}: the loss is {loss}")
            self.model.stop_training = True

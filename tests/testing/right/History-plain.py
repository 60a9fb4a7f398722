"""In the style of Keras's documents."""


class History:
    def on_train_begin(self, logs=None):
        self.epoch = []
        self.history = {}

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        self.epoch.append(epoch)
        for name, value in logs.items():
            if name not in self.history:
                self.history[name] = []
            self.history[name].append(value)

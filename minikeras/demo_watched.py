"""What do you see if you watch the demo while it trains?"""

from __future__ import annotations

import time
import webbrowser
from contextlib import suppress
from pathlib import Path

from minikeras import demo, monitor
from minikeras.callbacks import LambdaCallback, RemoteMonitor, TensorBoard
from minikeras.datasets import digits
from minikeras.extras import needs_extra

PAUSE = 0.2  # seconds after an epoch: else all is over before the page is open


def run_with_monitor(folder: str, epochs: int, verbose: int) -> None:
    """Serve the live page, open it, train into it, and keep it until Ctrl-C."""
    with monitor.running() as page:
        print(f"Watch it at {page.url}/ (it trains slowly here, so that there is time to see it)")
        webbrowser.open(page.url)
        pause = LambdaCallback(on_epoch_end=lambda epoch, logs: time.sleep(PAUSE))
        demo.run(folder, epochs, verbose, [RemoteMonitor(page.url), pause])
        print(f"\nThe page stays at {page.url}/ until Ctrl-C.", flush=True)
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600.0)


def run_with_tensorboard(folder: str, epochs: int, verbose: int) -> None:
    """Write all that TensorBoard can show, and say how to see it."""
    with needs_extra("tensorboard", "TensorBoard"):
        import minikeras.event_files  # noqa: F401
    _, (x, y) = digits.load_data()
    logs, labels = Path(folder, "logs"), Path(folder, "labels.tsv")
    labels.parent.mkdir(parents=True, exist_ok=True)
    labels.write_text("".join(f"{digit}\n" for digit in y), encoding="utf-8")
    board = TensorBoard(
        logs / time.strftime("%Y%m%d-%H%M%S"),  # a run beside those before it
        histogram_freq=1,
        write_grads=True,
        write_images=True,
        embeddings_freq=10,
        embeddings_layer_names=["dense_1"],  # what the network sees in a digit before it decides
        embeddings_metadata=labels,
        embeddings_data=x / 16,
        update_freq="batch",
    )
    demo.run(folder, epochs, verbose, [board])
    print(f"\nSee it:  tensorboard --logdir {logs}\nand open http://localhost:6006/")

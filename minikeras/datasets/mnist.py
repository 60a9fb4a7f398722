"""70,000 handwritten digits, the classic: 28 x 28 pixels, downloaded once.

Source: LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist, CC BY-SA 3.0.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import sys
from pathlib import Path

import numpy as np

from minikeras.backend import Host
from minikeras.progress import Progbar

URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
PARTS = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
TIMEOUT = 20  # seconds without an answer
CHUNK = 1 << 20  # bytes

Pair = tuple[Host, Host]


def load_data() -> tuple[Pair, Pair]:
    """Return `(x_train, y_train), (x_test, y_test)`: 60,000 and 10,000 digits.

    x (rows, 28, 28) holds grey levels from 0 to 255, y (rows,) the digits 0 to 9, both uint8.

    They are read from the folder that the environment variable `MINIKERAS_DATA` names (with
    `mnist.npz` or the four original `*-ubyte.gz` files) or else from the cache, where the first
    call puts them: one download of 11 MB, checked against its SHA-256. FileNotFoundError if the
    folder lacks them; ConnectionError, with what to do, if the download fails.
    """
    chosen = os.environ.get("MINIKERAS_DATA")
    if chosen:
        return _from_folder(Path(chosen))
    cached = cache_folder() / "mnist.npz"
    if not cached.exists():
        download(URL, SHA256, cached)
    return _from_npz(cached)


def cache_folder() -> Path:
    """Return where downloads are kept: the user's cache, in a folder of our own."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "minikeras"


def download(url: str, sha256: str, path: Path) -> None:
    """Fetch `url` into `path`, with a progress bar; nothing is kept that fails the checksum."""
    import requests  # needed once, by those who download

    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    digest, done = hashlib.sha256(), 0
    print(f"Downloading {url} to {path}")
    try:
        with requests.get(url, stream=True, timeout=TIMEOUT) as answer, partial.open("wb") as file:
            answer.raise_for_status()
            total = int(answer.headers.get("Content-Length", 0))
            bar = Progbar(math.ceil(total / CHUNK) or None, unit_name="MB")
            for chunk in answer.iter_content(CHUNK):
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                bar.update(math.ceil(done / CHUNK), finalize=done >= total > 0)
        if digest.hexdigest() != sha256:
            raise ConnectionError(
                f"{url} gave {done} bytes with another SHA-256 than expected; try again, "
                f"or put a good copy at {path}"
            )
        partial.replace(path)
    except requests.RequestException as error:
        raise ConnectionError(
            f"{url} could not be downloaded ({type(error).__name__}). Without a network: copy the "
            f"file to {path}, or set MINIKERAS_DATA to a folder that holds it, or use the "
            "smaller minikeras.datasets.digits, which needs no download"
        ) from None  # what the network's own layers say fills a screen
    finally:
        partial.unlink(missing_ok=True)


def _from_folder(folder: Path) -> tuple[Pair, Pair]:
    if (folder / "mnist.npz").exists():
        return _from_npz(folder / "mnist.npz")
    paths = [folder / f"{part}-ubyte.gz" for part in PARTS]
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        raise FileNotFoundError(
            f"MINIKERAS_DATA names {folder}, which holds neither mnist.npz nor {missing[0]}"
        )
    x_train, y_train, x_test, y_test = (_read_idx(path) for path in paths)
    return (x_train, y_train), (x_test, y_test)


def _from_npz(path: Path) -> tuple[Pair, Pair]:
    with np.load(path, allow_pickle=False) as arrays:
        return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _read_idx(path: Path) -> Host:
    """Read the format of the original files: magic, one length for each axis, then bytes."""
    content = gzip.decompress(path.read_bytes())
    axes = content[3]
    shape = np.frombuffer(content, ">i4", count=axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)

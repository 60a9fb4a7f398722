"""Digits are there at once; MNIST is found in a folder, in the cache, or fetched once, checked."""

import gzip
import hashlib
import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from minikeras.datasets import digits, mnist


def test_digits_are_all_there_and_split_the_same_way_every_time():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert x_train.shape == (1437, 8, 8)
    assert x_test.shape == (360, 8, 8)
    assert x_train.dtype == np.uint8
    assert (x_train.min(), x_train.max()) == (0, 16)
    assert np.bincount(np.concatenate([y_train, y_test])).tolist() == [
        178, 182, 177, 183, 181, 182, 181, 179, 174, 180,
    ]  # fmt: skip
    again = digits.load_data()
    assert np.array_equal(again[0][0], x_train)
    assert np.array_equal(again[1][1], y_test)


def test_without_shuffling_digits_keep_the_order_of_the_file():
    (x, y), (x_test, y_test) = digits.load_data(shuffle=False)
    assert y[:10].tolist() == list(range(10))
    (shuffled_x, _), (shuffled_test, _) = digits.load_data()
    before = sorted(row.tobytes() for part in (x, x_test) for row in part)
    after = sorted(row.tobytes() for part in (shuffled_x, shuffled_test) for row in part)
    assert before == after
    assert len(y_test) == 360


def test_mnist_is_read_from_the_folder_that_is_named(mnist_folder, monkeypatch):
    monkeypatch.setenv("MINIKERAS_DATA", str(mnist_folder))
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    assert x_train.shape == (60000, 28, 28)
    assert x_test.shape == (10000, 28, 28)
    assert np.bincount(y_train)[:3].tolist() == [5923, 6742, 5958]
    assert y_test[:5].tolist() == [7, 2, 1, 0, 4]


def tiny_mnist():
    """Return four arrays in the shape of MNIST, and the bytes of their npz."""
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (6, 28, 28)).astype("uint8"),
        "y_train": np.arange(6, dtype="uint8"),
        "x_test": rng.integers(0, 256, (2, 28, 28)).astype("uint8"),
        "y_test": np.arange(2, dtype="uint8"),
    }
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    return arrays, packed.getvalue()


def idx(array):
    """Return an array in the format of the original files."""
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return gzip.compress(head + array.tobytes())


def test_a_folder_may_hold_the_npz_or_the_four_files(tmp_path, monkeypatch):
    arrays, packed = tiny_mnist()
    four, one = tmp_path / "four", tmp_path / "one"
    four.mkdir()
    one.mkdir()
    (one / "mnist.npz").write_bytes(packed)
    for part, array in zip(mnist.PARTS, arrays.values(), strict=True):
        (four / f"{part}-ubyte.gz").write_bytes(idx(array))
    for folder in (four, one):
        monkeypatch.setenv("MINIKERAS_DATA", str(folder))
        (x_train, y_train), (x_test, y_test) = mnist.load_data()
        for name, loaded in zip(arrays, (x_train, y_train, x_test, y_test), strict=True):
            assert np.array_equal(loaded, arrays[name])


def test_a_folder_without_mnist_is_named_in_the_error(tmp_path, monkeypatch):
    monkeypatch.setenv("MINIKERAS_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"holds neither mnist\.npz nor train-images"):
        mnist.load_data()


@pytest.fixture
def server(monkeypatch, tmp_path):
    """Serve `server.content`, count the requests, and keep the cache in a folder of the test."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.requests += 1
            self.send_response(self.server.status)
            self.send_header("Content-Length", str(self.server.promised))
            self.end_headers()
            self.wfile.write(self.server.content)

        def log_message(self, *arguments):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.requests, http.status = 0, 200
    _, http.content = tiny_mnist()
    http.promised = len(http.content)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(mnist, "URL", f"http://127.0.0.1:{http.server_port}/mnist.npz")
    monkeypatch.setattr(mnist, "SHA256", hashlib.sha256(http.content).hexdigest())
    monkeypatch.delenv("MINIKERAS_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield http
    http.shutdown()
    http.server_close()
    thread.join()


def test_a_download_happens_once_and_shows_its_progress(server, tmp_path, capsys):
    for _ in range(2):
        (x_train, _), _ = mnist.load_data()
        assert x_train.shape == (6, 28, 28)
    assert server.requests == 1
    assert "1/1 [==============================]" in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "minikeras").iterdir()] == ["mnist.npz"]


@pytest.mark.parametrize("fault", ["another file", "cut off", "status 404", "nobody there"])
def test_a_download_that_fails_says_what_to_do_and_leaves_nothing(server, fault, tmp_path):
    if fault == "another file":
        server.content = server.content[:-1] + b"x"
    elif fault == "cut off":
        server.promised += 1000
    elif fault == "status 404":
        server.status = 404
    else:
        server.shutdown()
        server.server_close()
    with pytest.raises(ConnectionError, match=r"SHA-256|MINIKERAS_DATA") as caught:
        mnist.load_data()
    assert str(tmp_path) in str(caught.value)
    assert caught.value.__cause__ is None  # whose traceback fills a screen
    assert list((tmp_path / "minikeras").iterdir()) == []

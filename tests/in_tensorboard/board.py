"""A real TensorBoard on a free port, and what its pages ask it for."""

import json
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

PATIENCE = 60  # seconds until what is waited for counts as missing
ADDRESS = re.compile(r"at (http://localhost:\d+/)")


class Board:
    """What a TensorBoard shows; every question waits until there is an answer."""

    def __init__(self, address):
        self.address = address
        self.opener = build_opener(ProxyHandler({}))

    def get(self, path, **query):
        """Return the answer to one request."""
        address = f"{self.address}data/{path}?{urlencode(query)}"
        with self.opener.open(Request(address), timeout=PATIENCE) as answer:
            return answer.read()

    def read(self, path, **query):
        return json.loads(self.get(path, **query))

    def eventually(self, path, until=bool, **query):
        """Ask until `until(answer)`: TensorBoard reads the files bit by bit."""
        last = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self.read(path, **query)
                if until(answer):
                    return answer
            except OSError as error:
                answer = error
            assert time.monotonic() < last, f"{path} {query} still answers {answer}"
            time.sleep(0.2)

    def tags(self, plugin):
        """Return the tags of each run that a plugin knows."""
        found = self.eventually(f"plugin/{plugin}/tags", until=lambda runs: any(runs.values()))
        return {run: set(tags) for run, tags in found.items()}

    def scalars(self, run, tag, count=1):
        """Return the points (step, value) of a curve, once there are so many."""
        many = lambda points: len(points) >= count  # noqa: E731
        points = self.eventually("plugin/scalars/scalars", until=many, run=run, tag=tag)
        return [(step, value) for _, step, value in points]


@contextmanager
def tensorboard(logs, *options):
    """Start `tensorboard --logdir logs`."""
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logs), "--port", "0"]
    server = subprocess.Popen(
        [*command, "--reload_interval", "1", *options], stderr=subprocess.PIPE, text=True
    )
    try:
        said = []
        for line in server.stderr:
            said.append(line)
            if match := ADDRESS.search(line):
                break
        else:
            raise AssertionError("TensorBoard ended:\n" + "".join(said))
        yield Board(match.group(1))
    finally:
        server.terminate()
        server.wait()
        server.stderr.close()

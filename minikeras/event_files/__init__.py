"""How does a run become a file that TensorBoard reads?

A run is a folder with an event file: records of (time, step, summaries), each with a checksum, one
after the other. The package `tensorboard` knows the format; nothing here needs TensorFlow.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterable, Mapping
from typing import Any

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

from minikeras.callbacks.needs import GraphNode
from minikeras.event_files.graph import graph_def
from minikeras.event_files.summaries import histogram_pb, image_pb
from minikeras.whole_file import make_folder

VERSION = "brain.Event:2"  # the first record of every event file says so


class EventFile:
    """One run's events. Each is in the file when its method returns: what is killed loses none.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     events = EventFile(folder)
    ...     events.scalars({"epoch_loss": 0.5}, step=0)
    ...     events.close()
    ...     len(os.listdir(folder))
    1
    """

    def __init__(self, folder: str) -> None:
        make_folder(folder)
        for number in itertools.count():  # TensorBoard reads those of a folder in this order
            name = (
                f"events.out.tfevents.{int(time.time()):010d}.minikeras.{os.getpid()}.{number:06d}"
            )
            try:
                self.file = open(os.path.join(folder, name), "xb")  # noqa: SIM115
                break
            except FileExistsError:  # an earlier fit of this second
                continue
        self.records = RecordWriter(self.file)
        self._write(file_version=VERSION)

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        """Write numbers by their tags; a tag is one curve."""
        summary = Summary()
        for tag, value in values.items():
            summary.value.add(tag=_text(tag), simple_value=value)
        self._write(step=step, summary=summary)

    def histograms(self, arrays: Mapping[str, Any], step: int) -> None:
        """Write how the values of arrays are spread, by tag."""
        self._summaries((histogram_pb(_text(tag), a) for tag, a in arrays.items()), step)

    def images(self, arrays: Mapping[str, Any], step: int) -> None:
        """Write arrays as grey pictures, by tag: 0 is mid-grey, the largest weight white."""
        self._summaries((image_pb(_text(tag), a) for tag, a in arrays.items()), step)

    def graph(self, nodes: Iterable[GraphNode]) -> None:
        """Write what a model is made of."""
        self._write(graph_def=graph_def(nodes).SerializeToString())

    def close(self) -> None:
        """Let go of the file."""
        self.records.close()

    def _summaries(self, summaries: Iterable[Summary], step: int) -> None:
        together = Summary()
        for summary in summaries:
            together.MergeFrom(summary)
        self._write(step=step, summary=together)

    def _write(self, **content: Any) -> None:
        self.records.write(Event(wall_time=time.time(), **content).SerializeToString())
        self.records.flush()


def _text(tag: str) -> str:
    return tag.encode("utf-8", "replace").decode()  # half a surrogate pair is no text

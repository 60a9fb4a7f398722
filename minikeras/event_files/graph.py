"""How does a model become the picture in TensorBoard's Graphs tab?"""

from __future__ import annotations

from collections.abc import Iterable

from tensorboard.compat.proto.graph_pb2 import GraphDef

from minikeras.callbacks.needs import GraphNode

FLOAT = 1  # DT_FLOAT, in TensorFlow's list of types
UNKNOWN = -1  # the size of an axis that is known later: the batch


def graph_def(nodes: Iterable[GraphNode]) -> GraphDef:
    """Return the nodes as TensorFlow writes a graph; what shares a name before `/` is one box.

    >>> graph = graph_def([GraphNode("x", "Input", (4,)), GraphNode("y", "Dense", (2,), ["x"])])
    >>> [(node.name, node.op, list(node.input)) for node in graph.node]
    [('x', 'Input', []), ('y', 'Dense', ['x'])]
    """
    graph = GraphDef()
    for node in nodes:
        drawn = graph.node.add(name=node.name, op=node.kind, input=node.inputs)
        for name, value in node.settings.items():
            drawn.attr[name].s = str(value).encode("utf-8", "replace")
        drawn.attr["dtype"].type = FLOAT
        shape = drawn.attr["_output_shapes"].list.shape.add()
        for size in node.shape:
            shape.dim.add(size=UNKNOWN if size is None else size)
    return graph

"""Which tables hold what `python -m benchmarks` found last? Those of benchmarks/results."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from blocks import Page
from pictures.measured import found
from tables import table
from wording import words


def measured(body: str, page: Page) -> str:
    """Show the table of that name, and on which machine it was measured."""
    name, make = TABLES_OF[body]
    said, told = words(page.lang)["measured"], found(name)
    heads, rows = make(told, said)
    ids = [f"{body}-{number}" for number in range(len(rows))]
    where = escape(said["where"].format(machine=told["machine"]))
    return table(heads, rows, ids) + (f"<p>{where}</p>" if body == name else "")


Table = tuple[list[str], list[list[str]]]


def _of_peers(told: dict[str, Any], said: dict[str, str], cell: Callable[..., str]) -> Table:
    """Return a row for each library and a column for each network."""
    networks = told["networks"].values()
    rows = [
        [_name(name, said), *[cell(peers[name], peers["floor"]) for peers in networks]]
        for name in next(iter(networks))
    ]
    return [said["library"], *map(escape, told["networks"])], rows


def _name(peer: str, said: dict[str, str]) -> str:
    own = said["floor"] if peer == "floor" else escape(peer)
    return f"<strong>{own}</strong>" if peer == "minikeras" else own


def training(told: dict[str, Any], said: dict[str, str]) -> Table:
    def cell(peer: dict[str, Any], floor: dict[str, Any]) -> str:
        ratio = peer["median"] / floor["median"]
        return f"{peer['median']:.2f} s<br><small>{peer['least']:.2f} · {ratio:.1f} &times;</small>"

    return _of_peers(told, said, cell)


def warm_up(told: dict[str, Any], said: dict[str, str]) -> Table:
    return _of_peers(told, said, lambda peer, floor: f"{peer['warm_up']:.1f} s")


def versions(told: dict[str, Any], said: dict[str, str]) -> Table:
    peers = list(told["networks"].values())[-1]
    rows = [[_name(name, said), escape(peer["version"])] for name, peer in peers.items()]
    return [said["library"], said["version"]], rows


def overhead(told: dict[str, Any], said: dict[str, str]) -> Table:
    ways = list(next(iter(told["networks"].values()))["more"])
    rows = []
    for network, costs in told["networks"].items():
        cells = [
            f"{costs['more'][way]:+.1%}<br><small>{costs['in_hooks'][way]:+.1%}</small>"
            for way in ways[1:]
        ]
        rows.append([escape(network), f"{costs['seconds']:.2f} s", *cells])
    return [said["network"], *[said[way] for way in ways]], rows


def serving(told: dict[str, Any], said: dict[str, str]) -> Table:
    rows = [
        [escape(case), *[f"{rate:,.0f}" for rate in rates.values()]]
        for case, rates in told["rows_a_second"].items()
    ]
    return [said["rows_a_second"], "predict", "evaluate"], rows


def imports(told: dict[str, Any], said: dict[str, str]) -> Table:
    rows = [
        [f"<code>import {name}</code>", f"{1000 * seconds:.0f} ms"]
        for name, seconds in told["seconds_of_import"].items()
    ]
    return [said["import"], said["time"]], rows


def scaling(told: dict[str, Any], said: dict[str, str]) -> Table:
    rows = []
    for name, sweep in told["sweeps"].items():
        values = f"{sweep['values'][0]:,} … {sweep['values'][-1]:,}"
        times = f"{sweep['seconds'][0]:.3f} … {sweep['seconds'][-1]:.3f} s"
        rows.append([said[name], values, times, f"{sweep['exponent']:+.2f}"])
    return [said["grows"], said["from_to"], said["time"], said["exponent"]], rows


def saving(told: dict[str, Any], said: dict[str, str]) -> Table:
    rows = [
        [
            f"<code>{escape(name)}</code>",
            f"{file['megabytes']:.1f} MB",
            f"{1000 * file['seconds']:.1f} ms",
            f"{file['seconds'] / told['epoch']:.1%}",
            f"{file['copies']:.1f}",
        ]
        for name, file in told["files"].items()
    ]
    return [said[key] for key in ("file", "size", "time", "of_an_epoch", "copies")], rows


TABLES_OF: dict[str, tuple[str, Callable[[dict[str, Any], dict[str, str]], Table]]] = {
    "training": ("training", training),
    "warm_up": ("training", warm_up),
    "versions": ("training", versions),
    "overhead": ("overhead", overhead),
    "serving": ("serving", serving),
    "imports": ("serving", imports),
    "scaling": ("scaling", scaling),
    "saving": ("saving", saving),
}  # by what a page writes: the measurement, and what makes a table of it

"""How good the inferring dialect is with headers at hand: every declared type read as if nobody had declared it.

    python -m tests.reference.headers [TYPE...]

writes `read_from_headers.json` beside this file, which `docs/inference.md` shows: for each type whose files
transformers writes, whether weights and caches are those of the type's own dialect, by keys alone and with the headers.
It takes minutes, since specs are tried; the suite tries some of the types again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.read import read
from llmsim_adapters.graph.schedule import Schedule
from llmsim_adapters.lowerings.wiring import wire
from llmsim_adapters.proof.folder import Headers
from llmsim_adapters.proof.reading import read_with
from llmsim_adapters.spec.components import StoredTensors
from tests.facts import CASES
from tests.stored import FILES, tensors_of

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reading import Reading
    from llmsim_adapters.graph.graph import OperatorGraph

RESULTS: Final = Path(__file__).with_name("read_from_headers.json")
_TOKENS: Final = 64
_FULL: Final = {name: case["config"] for name, case in CASES if case["name"] == "tiny-full"}
_CHECKPOINT: Final = Schedule(engine="checkpoint")


def config_of(case: dict[str, Any]) -> dict[str, Any]:
    """Return the config of a case with all keys: what its short one leaves to its class can't be known without that."""
    full: dict[str, Any] = _FULL.get(case["type"], case["config"]) if case["name"] == "tiny-minimal" else case["config"]
    return full


def result(case: dict[str, Any]) -> dict[str, Any]:
    """Return how near a case comes by its keys alone, and with its headers."""
    declared = read(case["config"]).spec
    assert declared is not None
    real = wire(declared, _CHECKPOINT)
    alone = read(config_of(case), by_keys_alone=True)
    row: dict[str, Any] = {"type": case["type"], "name": case["name"]}
    if alone.spec is None:
        return row | {"refused": True}
    headers = Headers("facts", tuple(tensors_of(case)), 1, 0)
    with_headers = read_with(alone, headers)
    unexplained = sum(
        weight.elements for weight in _graph(with_headers).weights if weight.name.startswith(StoredTensors.kind)
    )
    return row | {
        "keys": _held(_graph(alone), real),
        "headers": _held(_graph(with_headers), real),
        "explained": round(1 - unexplained / _weights(real), 4),
        "gaps": [len(alone.gaps), len(with_headers.gaps)],
    }


def _graph(reading: Reading) -> OperatorGraph:
    assert reading.spec is not None
    return wire(reading.spec, _CHECKPOINT)


def _held(graph: OperatorGraph, real: OperatorGraph) -> list[bool]:
    """Return whether weights are the same, and caches and states."""
    return [_weights(graph) == _weights(real), _cached(graph) == _cached(real)]


def _weights(graph: OperatorGraph) -> int:
    """Return parameters and buffers: files don't say which are which."""
    return int(graph.parameters + graph.buffers)


def _cached(graph: OperatorGraph) -> tuple[int, int]:
    return int(graph.kv_cache_elements(_TOKENS)), int(graph.state_elements_per_sequence)


def results() -> list[dict[str, Any]]:
    """Return what was measured."""
    found: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def section() -> list[str]:
    """Return the section of the page."""
    rows = results()
    count = len(rows)

    def share(kind: str, at: int) -> str:
        exact = sum(row[kind][at] for row in rows if "refused" not in row)
        return f"{exact} ({100 * exact / count:.1f} %)"

    whole = sum(row.get("explained") == 1 for row in rows)
    gaps = [sum(row["gaps"][at] for row in rows if "gaps" in row) for at in (0, 1)]
    lines = [
        "## With the headers of the files",
        "",
        "Where the headers of a model's files are at hand (`Model.with_headers`), what they show takes the place of",
        "what is assumed: each field of a component that no key says is tried, and kept where it leaves less of what",
        "files and graph don't have in common. What no component explains is in the figures of weights, as tensors",
        "of which nothing is known, and is a gap; so weights are exact wherever each tensor is put once. Measured on",
        f"the files that transformers writes, {count} of all types, towers included; exact means equal, in the",
        "elements of all weights, and in those of caches and states.",
        "",
        "| | by keys alone | with headers |",
        "| --- | ---: | ---: |",
        f"| weights exact | {share('keys', 0)} | {share('headers', 0)} |",
        f"| caches exact | {share('keys', 1)} | {share('headers', 1)} |",
        f"| gaps | {gaps[0]:,} | {gaps[1]:,} |",
        "",
        "Caches are exact of fewer types than by keys alone, where attention has other tensors than was assumed: what",
        "is not in the files is left out whole, and its cache with it.",
        "",
        f"Of the {count}, {whole} are explained to the last tensor, and "
        f"{sum('refused' in row for row in rows)} are refused: their keys don't say enough.",
        "",
        "| type | weights | caches | explained |",
        "| --- | --- | --- | ---: |",
    ]
    for row in rows:
        if "refused" in row:
            lines.append(f"| {row['type']} | refused | refused | |")
        elif not (all(row["headers"]) and row["explained"] == 1):
            weights, caches = ("exact" if held else "wrong" for held in row["headers"])
            lines.append(f"| {row['type']} | {weights} | {caches} | {100 * row['explained']:.1f} % |")
    return [*lines, "", "Types that are not in the table are exact and explained to the last tensor.", ""]


def main() -> None:
    """Measure all types, or those that are named, and write the results."""
    known = {(row["type"], row["name"]): row for row in results()} if sys.argv[1:] else {}
    rows = []
    for case in FILES:
        if sys.argv[1:] and case["type"] not in sys.argv[1:]:
            rows.append(known[case["type"], case["name"]])
            continue
        print(case["type"], case["name"], file=sys.stderr, flush=True)
        rows.append(result(case))
    text = "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

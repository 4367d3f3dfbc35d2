"""Keys that the product takes for costless, changed on SGLang's own classes: what of a model is another then.

    python -m tests.reference.sglang_inert CHANGED.jsonl ADDED.jsonl

writes `facts/sglang/inert.json` from what was recorded: of each config, the paths of keys of which another value left
the parameters' elements by format and every pool's bytes as they were; and those that were `differing`. Where there is
`not_added`, all the other keys that are `added` were so, too. `read` are those that SGLang's classes looked at.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.reference.sglang import write


def name_of(stem: str) -> str:
    """Return the name of a config in the other facts."""
    owner, _, name = stem.partition("--")
    return f"made/{name}" if owner == "default" else f"{owner}/{name}"


def rows(path: str) -> dict[str, dict[str, Any]]:
    """Return what was recorded of each config that SGLang builds."""
    lines = map(json.loads, Path(path).read_text(encoding="utf-8").splitlines())
    return {name_of(row["name"]): row for row in lines if "error" not in row}


def paths(changes: list[Any]) -> set[str]:
    """Return dotted paths."""
    return {".".join(path) for path, *_ in changes}


def main() -> None:
    changed, added = map(rows, sys.argv[1:3])
    every: set[str] = set().union(*(paths(row["same"]) for row in added.values()))
    found = {}
    for name in sorted(changed.keys() | added.keys()):
        one, other = changed.get(name, {}), added.get(name, {})
        differing = [*one.get("differing", ()), *other.get("differing", ())]
        row: dict[str, Any] = {
            "same": " ".join(sorted(paths(one.get("same", [])))),
            "not_added": " ".join(sorted(every - paths(other["same"]))) if other else None,
            "read": " ".join(sorted({*one.get("read", ()), *other.get("read", ())})),
            "differing": {".".join(path): value for path, value, _ in differing},
        }
        found[name] = {key: value for key, value in row.items() if value or value == ""}
    header = {"script": "tests/reference/sglang_inert.py", "added": sorted(every)}
    write("inert", header, "configs", found)


if __name__ == "__main__":
    main()

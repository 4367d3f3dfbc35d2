"""What transformers writes for each type's tiny model: the tensors in the header of its file.

Modules are not files: transformers 5 keeps experts stacked that its files hold one by one, and tied tensors are in a
file once. `python -m tests.reference.files` writes `facts/files.json` from the configs in the other facts.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import defaultdict
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import measure, stand_ins, store

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = ("tiny-minimal", "full", "whole")
"""The cases whose files are written: each type's tiny model, and the whole model where there is one."""

NUMBER = re.compile(r"(?:(?<=\.)|^)\d+(?=\.|$)")
"""A number that is a whole part of a name."""

APART = ("mtp", "heads", "edges", "inert", "published", "published_totals", "towers", "defaults", "FAILED", "files")


def written(model: Any) -> dict[str, tuple[str, list[int]]]:
    """Return the format and shape of every tensor of the files that a model is saved as."""
    found: dict[str, tuple[str, list[int]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        for path in sorted(Path(folder).glob("*.safetensors")):
            with path.open("rb") as file:
                header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            header.pop("__metadata__", None)
            found |= {name: (entry["dtype"], entry["shape"]) for name, entry in header.items()}
    return found


def compact(tensors: dict[str, tuple[str, list[int]]]) -> list[list[Any]]:
    """Return `[pattern, format, shape, numbers]`: names with `*` for numbers, and what these are.

    Numbers are joined by dots, names by blanks; `0-4.0-11` is every pair.
    """
    rows: dict[tuple[str, str, tuple[int, ...]], list[tuple[int, ...]]] = defaultdict(list)
    for name, (dtype, shape) in tensors.items():
        numbers = tuple(map(int, NUMBER.findall(name)))
        rows[NUMBER.sub("*", name), dtype, tuple(shape)].append(numbers)
    return [[name, dtype, list(shape), grid(sorted(found))] for (name, dtype, shape), found in rows.items()]


def grid(found: list[tuple[int, ...]]) -> str:
    """Return the numbers in names, as ranges where these have every combination."""
    columns = [sorted(set(column)) for column in zip(*found, strict=True)]
    ranges = all(column[-1] - column[0] == len(column) - 1 for column in columns)
    if ranges and len(found) == prod(map(len, columns)):
        return ".".join(f"{column[0]}-{column[-1]}" if len(column) > 1 else f"{column[0]}" for column in columns)
    return " ".join(".".join(map(str, numbers)) for numbers in found)


def rows(names: list[str]) -> Iterator[dict[str, Any]]:
    """Yield for each case its config and the tensors of its files, or why they can't be had."""
    for path in sorted(store.FACTS.glob("*.json")):
        if path.stem in APART or (names and path.stem not in names):
            continue
        for case in json.loads(path.read_text(encoding="utf-8")).get("cases", ()):
            if case["name"] not in CASES:
                continue
            print(path.stem, case["name"], file=sys.stderr, flush=True)
            row = {"type": path.stem, "name": case["name"], "config": in_float32(case["config"])}
            try:
                yield row | {"tensors": compact(written(model_of(path.stem, case["config"])))}
            except Exception as error:
                yield row | {"refused": measure.say(error)}


def in_float32(raw: dict[str, Any]) -> dict[str, Any]:
    """Return a config that says the format that tiny models are made in, where it says one."""
    said = {key: "float32" for key in ("torch_dtype", "dtype") if isinstance(raw.get(key), str)}
    text = {"text_config": in_float32(raw["text_config"])} if isinstance(raw.get("text_config"), dict) else {}
    return {**raw, **said, **text}


def model_of(name: str, raw: dict[str, Any]) -> Any:
    """Return the model of a case: of transformers, or of what stands in for its type."""
    if name in stand_ins.STAND_INS:
        return stand_ins.STAND_INS[name].build(raw)[0]
    return measure.build(raw)


def main() -> None:
    """Write the file, of all types or of those that are named."""
    store.write("files", {"script": "tests/reference/files.py"}, "files", rows(sys.argv[1:]))


if __name__ == "__main__":
    main()

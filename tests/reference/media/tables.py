"""`python -m tests.reference.media.tables`: which rule, which keys and which rows, from the facts: `media_rules.json`.

Without torch: what is written is worked out from the other facts and `tests/media_rules/`.
"""

from __future__ import annotations

import json
from fractions import Fraction
from math import prod
from typing import Any, Final

from tests.media_rules import BY_PROCESSOR, OF_SOUNDS, cases

from tests.facts import FOLDER, facts

CHANNELS: Final = 3


class Read(dict[str, Any]):
    """Settings that note which of them were read."""

    def __init__(self, given: dict[str, Any], names: set[str]) -> None:
        super().__init__(given)
        self.names = names

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)


def tokens_of(found: dict[str, Any]) -> dict[str, Any]:
    """Return the rule of a type's pictures, the settings that it reads and their defaults."""
    known = BY_PROCESSOR.get(found["processor"]["class"])
    said = {"processor": found["processor"]["class"], "image_processor": found["processor"]["image_processor"]}
    if known is None:
        return said | {"rule": None}
    rule, kept = known
    image, own = set[str](), set[str]()
    for settings, given, items in cases(found):
        for height, width, *rest in items:
            if len(rest) > 1:
                rule(Read(settings, image), Read(kept | given, own), height, width)
    keys = {key: found["defaults"].get(key) for key in sorted(image)}
    overruled = {key: value for key, value in found.get("overruled", {}).items() if key in image}
    return said | {
        "rule": rule.__name__,
        "keys": keys,
        **({"overruled": overruled} if overruled else {}),
        **({"own": {key: kept.get(key) for key in sorted(own)}} if own else {}),
    }


def rows_of(found: dict[str, Any]) -> dict[str, list[str]]:
    """Return which weights run on what: by rows in the words of `README.md`, names, or the parts that run so whole."""
    weights = found["weights"]
    if not weights:
        return {}
    first = next((line for line in weights if any("patch" in name for name, *_ in line[1])), weights[0])
    patches = [Fraction(rows, first[1][0][2]) for rows in first[0]]
    pieces = [("picture", [len(batch) for batch in found["items"]]), ("tile", [tiles(seen) for seen in found["seen"]])]
    kinds: dict[str, set[str]] = {}
    for rows, named in weights:
        kind = words([Fraction(total, named[0][2]) for total in rows], patches, found["rows"], pieces)
        for name, *_ in named:
            kinds.setdefault(name.removesuffix(".weight"), set()).add(kind)
    lines: dict[str, list[str]] = {}
    for name, each in kinds.items():
        whole = next((part for part in parts(name) if alike(part, kinds)), name)
        for kind in sorted(each):
            if whole not in (line := lines.setdefault(kind, [])):
                line.append(whole)
    return lines


def parts(name: str) -> list[str]:
    """Return the names of what a weight is part of, the largest first."""
    words_of = name.split(".")
    return [".".join(words_of[:length]) + "." for length in range(1, len(words_of))]


def alike(part: str, kinds: dict[str, set[str]]) -> bool:
    """Return whether all weights of a part run on as many rows."""
    return len({kind for name, each in kinds.items() if name.startswith(part) for kind in each}) == 1


def tiles(seen: dict[str, Any]) -> int:
    """Return how many squares a batch was cut to, as the shape of the pixels says."""
    shape = next((value for key, value in seen.items() if key.endswith("pixel_values") or "pixel" in key), [])
    if len(shape) > CHANNELS and shape[-3] == CHANNELS:
        return prod(shape[:-3])
    return 1


def words(rows: list[Fraction], patches: list[Fraction], tokens: list[int], pieces: list[Any]) -> str:
    """Return in words how many rows there are in each run, `other` where no words are known."""
    for name, counts in (("patches", patches), ("tokens", tokens)):
        if rows == counts:
            return name
    for name, counts in pieces:
        more = {(row - patch) / count for row, patch, count in zip(rows, patches, counts, strict=True)}
        if len(more) == 1 and (extra := more.pop()).denominator == 1 and 0 < extra <= 32:
            return f"patches + {extra} a {name}"
        same = {row / count for row, count in zip(rows, counts, strict=True)}
        if len(same) == 1 and (each := same.pop()).denominator == 1:
            return f"{each} a {name}"
    for name, counts in (("patches", patches), ("tokens", tokens)):
        if not all(counts):
            continue
        ratio = {row / count for row, count in zip(rows, counts, strict=True)}
        if len(ratio) == 1:
            return f"{ratio.pop()} x {name}"
    return "other"


def write() -> None:
    """Write the table."""
    pictures, sounds, runs = (facts(f"media_{name}")["types"] for name in ("tokens", "sounds", "runs"))
    types: dict[str, Any] = {}
    for name in sorted({*pictures, *runs, *sounds}):
        types[name] = {}
        if name in pictures:
            types[name]["pictures"] = tokens_of(pictures[pictures[name].get("same_as", name)])
        if name in runs:
            types[name]["rows"] = rows_of(runs[name])
        if name in sounds:
            types[name]["sounds"] = {
                "rule": name if name in OF_SOUNDS else None,
                "rows": rows_of(sounds[name]),
            }
    lines = [f"{json.dumps(name)}:{json.dumps(found, separators=(',', ':'))}" for name, found in types.items()]
    (FOLDER / "media_rules.json").write_text('{\n"types":{\n' + ",\n".join(lines) + "\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    write()

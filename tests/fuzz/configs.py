"""Configs to change: those that are bundled, those of the reference facts, and each type's default; and their keys."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import llmsim_adapters as la
from llmsim_adapters.dialects.keys.kinds import KINDS
from llmsim_adapters.dialects.reading.find import built_in, declared_types
from llmsim_adapters.sources import bundled_ids
from tests.facts import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reading import Reading

_CASES: Final = ("tiny-full", "full", "tiny-minimal")

HOSTILE: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2, 7, 2**16, 2**20, 2**28, 2**28 + 1, 10**12, 10**400),
    *(0.0, 1.5, 1e-9, -0.5, 1e30, 1e308, float("inf"), float("nan")),
    *("", "nonsense", "auto", "\x1b[2J", [], [[]], [{}], [None], ["nonsense"], [-1], [1e308], [2**28], [0] * 5000),
    *({}, {"nonsense": 1}, {"model_type": []}),
)
"""Values that some key of some type has no use for."""


@cache
def bases() -> dict[str, dict[str, Any]]:
    """Return the configs by a name that tells them apart."""
    found = {f"{name} by default": {"model_type": name} for name in sorted(declared_types())}
    found |= {f"{name} {case['name']}": case["config"] for name, case in CASES if case["name"] in _CASES}
    return found | {name: la.load(name, offline=True).config.data for name in bundled_ids()}


def keys(config: dict[str, Any]) -> list[str]:
    """Return the dotted paths of every key that is read of a config, or would be if it had it."""
    reading = la.load(config).reading
    stated = {p.key for p in reading.parameters.values() if p.key is not None}
    defaulted = {path for name, p in reading.parameters.items() if p.key is None for path in _paths(reading, name)}
    inside = f"{reading.path}." if reading.path else ""
    everywhere = {inside + name for name in KINDS} if stated else set()
    return sorted(stated | defaulted | everywhere | {"model_type", "architectures", "quantization_config", "dtype"})


def _paths(reading: Reading, name: str) -> Iterator[str]:
    """Yield the path of a parameter that no key says, by a spelling that the type reads as it."""
    dialect = built_in(reading.dialect) if reading.dialect else None
    if dialect is None or "." in name:
        return
    inside = f"{reading.path}." if reading.path else ""
    spellings = [key for key, known in dialect.canonical.items() if known == name]
    if name in spellings or not spellings:
        spellings = [name] if dialect.canonical.get(name, name) == name else []
    yield from (inside + key for key in spellings[:1])


def changed(config: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return the config with a value under a dotted path; of a list of objects, the list is replaced."""
    key, _, rest = path.partition(".")
    if "[" in key:
        key, rest = key.partition("[")[0], ""
    if not rest:
        return {**config, key: value}
    inner = config.get(key)
    return {**config, key: changed(inner if isinstance(inner, dict) else {}, rest, value)}

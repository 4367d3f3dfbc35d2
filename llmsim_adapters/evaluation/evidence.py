"""What the reference facts of the test suite hold.

`verified.json` is written by `python -m tests.reference.index` from the committed facts, and the suite fails where it
says more than they do. `served.json` is written by `python -m tests.sglang`, likewise.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, NamedTuple

from llmsim_adapters.package_data import package_text


class Verified(NamedTuple):
    """The dialects, components and features that reference facts hold, and the towers whose runs they do."""

    dialects: frozenset[str]
    components: frozenset[str]
    features: frozenset[str]
    towers: frozenset[str]

    def missing(self, dialect: str, components: frozenset[str], features: frozenset[str]) -> list[str]:
        """Return what of a model no facts hold."""
        if dialect in self.dialects and components <= self.components and features <= self.features:
            return []
        missing = [] if dialect in self.dialects else [f"dialect {dialect}"]
        missing += [f"component {kind}" for kind in sorted(components - self.components)]
        return missing + [f"feature {name}" for name in sorted(features - self.features)]


@cache
def verified() -> Verified:
    """Return the index of the facts."""
    index = _index("verified")
    return Verified(*(frozenset(index[name]) for name in Verified._fields))


@cache
def served() -> frozenset[str]:
    """Return the architectures whose every layout that SGLang's own classes were asked for is theirs to the byte."""
    return frozenset(_index("served")["architectures"])


def _index(name: str) -> Any:
    text = package_text("llmsim_adapters.evaluation", f"{name}.json")
    return json.loads(text)

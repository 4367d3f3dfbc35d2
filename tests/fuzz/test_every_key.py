"""Every key of every type with every kind of value: a sample, or with `FUZZ` in the environment all of them.

The bounds of time and memory are held over the larger values alone in the sample: measuring is slow.
"""

from __future__ import annotations

import os
from typing import Any, Final

import pytest

from tests.fuzz.configs import HOSTILE, bases, changed, keys
from tests.fuzz.properties import answered, bounded

ALL: Final = bool(os.environ.get("FUZZ"))
EVERY: Final = 1 if ALL else 127
"""Of so many pairs of a key and a value, one is tried; a prime, so that each config has others of each."""

BASES: Final = bases()


@pytest.mark.parametrize("name", BASES)
def test_is_answered_soundly_and_in_bounds(name: str) -> None:
    config = BASES[name]
    pairs = [(path, value) for path in keys(config) for value in HOSTILE]
    first = sum(name.encode()) % EVERY
    for path, value in pairs[first::EVERY]:
        _try(config, path, value)


def _try(config: dict[str, Any], path: str, value: object) -> None:
    whole = changed(config, path, value)
    if not ALL and not _is_large(value):
        answered(whole)
        return
    bounded(f"{path} = {str(value)[:60]}", lambda: answered(whole))


def _is_large(value: object) -> bool:
    return value in (2**16, 2**20, 2**28) or (isinstance(value, list) and len(value) > 1)

"""The canonical parameters: those with spellings, and those that this package's dialects ask a reader for."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from llmsim_adapters.dialects.keys.aliases import ALIASES

_DIALECTS: Final = Path(__file__).parents[1] / "dialects"
_ASKS: Final = (
    *("size", "size_or", "sizes", "optional_size", "count", "flag", "number", "text", "sequence"),
    *("nested", "only", "agree", "derive"),
)


@cache
def parameters() -> frozenset[str]:
    """Return the names of the canonical parameters."""
    asked = re.findall(rf"\.(?:{'|'.join(_ASKS)})\(\s*\"([A-Za-z_][A-Za-z0-9_]*)\"", _sources())
    return frozenset((*ALIASES, *asked))


@cache
def quoted() -> frozenset[str]:
    """Return every name that dialects say in quotes or as an argument; empty where their sources can't be read."""
    said = re.findall(r"[\"'.]([A-Za-z_][A-Za-z0-9_]*)(?=[\"'])|\b([a-z_][a-z0-9_]*)=", _sources())
    return frozenset(name for pair in said for name in pair if name)


@cache
def _sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(_DIALECTS.rglob("*.py")))

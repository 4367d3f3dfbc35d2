"""What a name that nobody knows was perhaps meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST: Final = 100
_ALIKE: Final = 0.8


def meant(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean …?)` for a word that is much like one that is known, else nothing.

    The letter case of the words counts for nothing; a word without a slash may be what stands behind that of a name.
    """
    if not 1 < len(word) <= _LONGEST:
        return ""
    from difflib import get_close_matches  # slow to import, and most names are known

    by_lower = {name.lower(): name for name in known}
    if "/" not in word:
        by_lower = {**{name.rpartition("/")[2]: whole for name, whole in by_lower.items()}, **by_lower}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=_ALIKE)
    return f" (did you mean {by_lower[found[0]]}?)" if found else ""

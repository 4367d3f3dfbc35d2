"""What fits, as HTML for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.markup import block, sentence, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_GIB: Final = 1 << 30
_SCOPES: Final = "weights, free: GiB of one accelerator; by tokens: sequences that fit, on all of them together"


def gib(count: int) -> str:
    """Return bytes in GiB."""
    return f"{count / _GIB:,.1f}"


def html(
    title: str,
    lengths: Sequence[int],
    layouts: Sequence[Sequence[str]],
    refused: Mapping[str, Sequence[str]],
    doubts: Iterable[str],
) -> str:
    """Return a table of layouts, and below it which ones are refused and why, and what is in doubt.

    Args:
        title: the accelerator.
        lengths: tokens of the sequences that there is a column for.
        layouts: their rows.
        refused: names of refused layouts by the reason.
        doubts: gaps.
    """
    headers = (">Accelerators", "Layout", ">Weights", ">Free", *(f">{tokens:,} tokens" for tokens in lengths))
    return block(
        title,
        table(headers, layouts) + sentence(_SCOPES) if layouts else "",
        *(sentence(f"{reason} (refused: {', '.join(names)})") for reason, names in refused.items()),
        *(sentence(f"In doubt: {doubt}") for doubt in doubts),
    )

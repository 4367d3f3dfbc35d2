"""What fits, as HTML for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.markup import block, sentence, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.fit.fit import Fit, Fitted

_GIB: Final = 1 << 30
_SCOPES: Final = "weights, free: GiB of one accelerator; by tokens: sequences that fit, on all of them together"


def html(fit: Fit) -> str:
    """Return the layouts with the sequences that fit, the layouts that are refused, and what is in doubt."""
    lengths = [capacity.tokens for capacity in fit.layouts[0].capacities] if fit.layouts else []
    headers = (">Accelerators", "Layout", ">Weights", ">Free", *(f">{tokens:,} tokens" for tokens in lengths))
    title = f"{fit.accelerator}: {_gib(fit.memory)} GiB, {100 * fit.utilization:g} % of it used"
    return block(
        title,
        table(headers, (list(_row(layout)) for layout in fit.layouts)) if fit.layouts else "",
        sentence(_SCOPES) if fit.layouts else "",
        *(sentence(f"{reason} (refused: {', '.join(names)})") for reason, names in _refused(fit).items()),
        *(sentence(f"In doubt: {gap}") for gap in fit.gaps),
    )


def _row(layout: Fitted) -> Iterator[str]:
    fits = layout.free >= 0
    yield from (f"{layout.ranks:,}", layout.name, _gib(layout.weights), _gib(layout.free) if fits else "too large")
    for capacity in layout.capacities:
        yield "–" if not fits else "any" if capacity.sequences is None else f"{capacity.sequences:,}"


def _refused(fit: Fit) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for each in fit.refused:
        sizes = each.schedule
        reasons.setdefault(each.reason, []).append(f"tp{sizes.tp_size} dp{sizes.dp_size} ep{sizes.ep_size}")
    return reasons


def _gib(count: int) -> str:
    return f"{count / _GIB:,.1f}"

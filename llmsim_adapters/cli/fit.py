"""What `fit` says: for each layout the memory of one accelerator, and how many sequences fit."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.cli.asked import size
from llmsim_adapters.cli.document import Cell, Document, Section, section, table
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.fit.fit import NOT_IN_IT
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.fit.fit import Capacity, Fit, Fitted

_GIB: Final = 2**30
_NOTES: Final = 4


class Want(NamedTuple):
    """So many sequences of so many tokens that are to fit."""

    batch: int
    context: int


def numbers(text: str, name: str, *, word: str = "") -> list[int]:
    """Return the sizes in a list such as `4k,32k`; `word` may stand in it, and is passed over.

    Raises:
        Failed: one of them is none.
    """
    found = []
    for part in text.split(","):
        number = size(part.strip())
        if number is not None and number > 0:
            found.append(number)
        elif not word or part.strip() != word:
            message = f"--{name} {printable(text, 80)}: expected sizes such as 8 or 32k, separated by commas"
            raise Failed(message, MISUSE)
    return list(dict.fromkeys(found))


def want(text: str) -> Want:
    """Return what `batch=64,context=32k` asks for.

    Raises:
        Failed: it is no such thing.
    """
    said = dict(part.partition("=")[::2] for part in text.split(","))
    batch, context = (size(said.get(name, "")) for name in ("batch", "context"))
    if not batch or not context or set(said) != {"batch", "context"}:
        message = f"--want {printable(text, 80)}: expected batch=NUMBER,context=TOKENS, as batch=64,context=32k"
        raise Failed(message, MISUSE)
    return Want(batch, context)


def document(source: str, found: Fit, wanted: Want | None, *, plot: bool = False) -> Document:
    """Return what fits; with `wanted`, the layouts with the fewest accelerators that hold it."""
    layouts = found.layouts if wanted is None else found.smallest(wanted.batch, wanted.context)
    sections = [section("", *_head(found))]
    if wanted is not None:
        asked = f"{wanted.batch:,} sequences of {wanted.context:,} tokens"
        sections.append(section("", f"The fewest that hold {asked}:" if layouts else f"None of them holds {asked}."))
    if layouts:
        lengths = [capacity.tokens for capacity in layouts[0].capacities]
        headers = "|".join(f">{tokens:,}" for tokens in lengths)
        rows = table(f">GPUs|Layout|>weights|>free|{headers}|>longest", _rows(layouts))
        sections.append(section("", "", rows))
        sections.append(section("", "", *_foot()))
    if plot and layouts:
        from llmsim_adapters.cli.plot import bars  # only who asks for them needs it

        sections.append(bars(_apart(layouts)))
    sections += [*_notes(layouts), *_refused(found), *_doubts(found)]
    return Document(f"{source} on {found.accelerator}", tuple(sections))


def data(source: str, builder: str, found: Fit, wanted: Want | None) -> dict[str, Any]:
    """Return the same, ready for JSON."""
    smallest = None
    if wanted is not None:
        holding = found.smallest(wanted.batch, wanted.context)
        smallest = {**wanted._asdict(), "layouts": [layout.schedule.to_dict() for layout in holding]}
    return {"source": source, "builder": builder, **found.to_dict(), "wanted": smallest}


def _head(found: Fit) -> Iterator[str]:
    layouts = found.layouts
    engines = ", ".join(dict.fromkeys(layout.schedule.engine for layout in layouts))
    yield f"Memory: {_gib(found.memory)} GiB of each, {100 * found.utilization:g} % of it for what follows"
    if layouts:
        weights = ", ".join(dict.fromkeys(name for layout in layouts for name in layout.weight_formats))
        caches = ", ".join(dict.fromkeys(name for layout in layouts for name in layout.cache_formats))
        yield f"Weights: {weights}; caches: {caches or 'none'}; laid out and set aside as {engines} does"


def _alike(layout: Fitted) -> tuple[Any, ...]:
    schedule = layout.schedule
    return schedule.tp_size, schedule.dp_size, layout.weights, layout.free, layout.capacities


def _apart(layouts: Iterable[Fitted]) -> list[Fitted]:
    """Return the layouts without those that differ from the one before in the spread of experts only, in no figure."""
    return [next(group) for _, group in groupby(layouts, key=_alike)]


def _rows(layouts: Iterable[Fitted]) -> Iterator[list[str | Cell]]:
    """Yield a row for each layout; layouts that differ in the spread of experts only, and in no figure, have one."""
    for _, group in groupby(layouts, key=_alike):
        first, *others = list(group)
        name = " or ".join([first.name, *(f"ep{other.schedule.ep_size}" for other in others)])
        fits = first.free >= 0
        yield [
            f"{first.ranks:,}",
            name,
            _gib(first.weights),
            _gib(first.free) if fits else Cell("too large", "bad"),
            *(_sequences(capacity, fits=fits) for capacity in first.capacities),
            "any" if first.longest is None else f"{first.longest:,}" if fits else "-",
        ]


def _sequences(capacity: Capacity, *, fits: bool) -> Cell:
    if not fits:
        return Cell("-", "quiet")
    if capacity.sequences is None:
        return Cell("any")
    return Cell(f"{capacity.sequences:,}", "" if capacity.sequences else "bad")


def _foot() -> Iterator[Cell]:
    yield Cell("weights, free: GiB of one GPU. By context: sequences that fit, on all GPUs together.", "quiet")
    yield Cell("longest: tokens of a sequence that is alone.", "quiet")
    yield Cell(f"Not in it: {', '.join(NOT_IN_IT)}; they have the rest of the memory.", "quiet")


def _notes(layouts: Iterable[Fitted]) -> Iterator[Section]:
    """Yield the notes, those of some layouts only with their names."""
    all_of = list(layouts)
    holders: dict[str, list[str]] = {}
    for layout in all_of:
        for note in layout.notes:
            holders.setdefault(note, []).append(layout.name)
    said = [
        note if len(names) == len(all_of) else f"{', '.join(names[:3])}{', …' if len(names) > 3 else ''}: {note}"
        for note, names in holders.items()
    ]
    if said:
        more = [Cell(f"and {len(said) - _NOTES:,} more (JSON has them)", "quiet")] if len(said) > _NOTES else []
        yield section("Notes", *said[:_NOTES], *more)


def _refused(found: Fit) -> Iterator[Section]:
    reasons: dict[str, list[str]] = {}
    for each in found.refused:
        sizes = each.schedule
        name = " ".join([f"tp{sizes.tp_size}", *(f"dp{n}" for n in [sizes.dp_size] if n > 1)])
        reasons.setdefault(each.reason, []).append(name + (f" ep{sizes.ep_size}" if sizes.ep_size > 1 else ""))
    if reasons:
        rows = ((", ".join(dict.fromkeys(names)), reason) for reason, names in reasons.items())
        yield section("Refused", table("Layout|Reason", rows))


def _doubts(found: Fit) -> Iterator[Section]:
    if found.gaps:
        names = printable(", ".join(gap.name for gap in found.gaps), 300)
        yield section("In doubt", Cell(f"The figures are of what is modelled; left out or in doubt: {names}", "fair"))


def _gib(count: int) -> str:
    return f"{count / _GIB:,.1f}"

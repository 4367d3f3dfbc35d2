"""What `compare` says: what differs between models, layouts or revisions, and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.cli.document import Cell, Document, section, table
from llmsim_adapters.cli.words import human, step, support, value
from llmsim_adapters.graph.figures import figures
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llmsim_adapters.cli.asked import Asked
    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.graph.figures import Figure
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.schedule import Schedule

_SHOWN: Final = {
    "parameters": "parameters",
    "active_parameters": "for each token",
    "mtp_parameters": "mtp parameters",
    "weight_bytes": "weights",
    "rank_kv_cache_bytes": "KV cache",
    "rank_state_bytes": "state",
    "flops": "FLOPs",
    "flops_executed": "FLOPs executed",
    "bytes_moved": "bytes moved",
    "transfer_bytes": "sent",
}
_OF: Final = {"step of one rank": "step, rank", "sequence on one rank": "sequence, rank"}
_LONGEST: Final = 18


class Side(NamedTuple):
    """One of what is compared; `graph` is None where there is none, which `reason` explains."""

    asked: Asked
    schedule: Schedule
    coverage: Coverage
    graph: OperatorGraph | None
    reason: str = ""

    @property
    def figures(self) -> dict[str, Figure]:
        """The figures of the graph, caches at the length of the schedule."""
        if self.graph is None:
            return {}
        tokens = self.schedule.context_len + self.schedule.seq_len
        return {figure.name: figure for figure in figures(self.graph, tokens)}

    @property
    def parameters(self) -> dict[str, Any]:
        """The canonical parameters of the config, in values that JSON has."""
        return {name: found.to_dict()["value"] for name, found in self.coverage.parameters.items()}


class Row(NamedTuple):
    """One thing that is compared: a value of each side, None where a side has none."""

    name: str
    label: Cell
    values: tuple[Any, ...]
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Whether the sides differ in it; 1 and True do."""
        return any(type(each) is not type(self.values[0]) or each != self.values[0] for each in self.values)


def differences(sides: Sequence[Side]) -> list[str]:
    """Return the names of what the sides differ in."""
    return [row.name for row in _rows(sides) if row.differs]


def document(sides: Sequence[Side], *, everything: bool) -> Document:
    """Return the comparison: what differs, or everything; ratios are to the first side."""
    names = _names(sides)
    found = [row for row in _rows(sides) if everything or row.differs or row.name == "ranks"]
    headers = [f">{name}|>ratio" if at else f">{name}" for at, name in enumerate(names)]
    rows = [[row.label, *_with_ratios(row)] for row in found]
    parts: list[Any] = [table("|" + "|".join(headers), rows)]
    if not differences(sides):
        parts += ["", "They differ in nothing."]
    for side, name in zip(sides, names, strict=True):
        if side.reason:
            parts += ["", Cell(f"{name}: {side.reason}", "bad")]
        elif side.coverage.gaps:
            count = len(side.coverage.gaps)
            parts += ["", Cell(f"{name}: figures in doubt, by {count} gap{'s' * (count > 1)} (explain says)", "fair")]
    steps = dict.fromkeys(step(side.schedule) for side in sides)
    said = [Cell(f"Step: {each}", "quiet") for each in steps] if len(steps) == 1 else []
    return Document("Comparison", (section("", *parts), section("", "", *said)))


def data(sides: Sequence[Side]) -> dict[str, Any]:
    """Return the same and all that is alike, ready for JSON."""
    return {
        "differ": differences(sides),
        "sides": [
            {
                "source": side.asked.source,
                "revision": side.asked.revision,
                "schedule": side.schedule.to_dict(),
                "ranks": side.schedule.world_size,
                "status": side.coverage.status.value,
                "builder": None if side.graph is None else side.graph.builder,
                "gaps": [gap.to_dict() for gap in side.coverage.gaps],
                "reason": side.reason,
                "figures": [
                    {
                        "name": figure.name,
                        "unit": figure.unit,
                        "of": figure.of,
                        "formats": list(figure.formats),
                        "value": int(figure.value),
                    }
                    for figure in side.figures.values()
                ],
                "parameters": side.parameters,
            }
            for side in sides
        ],
    }


def _rows(sides: Sequence[Side]) -> Iterator[Row]:
    statuses = tuple(side.coverage.status.value for side in sides)
    yield Row("status", Cell("supported"), statuses, tuple(map(support, statuses)))
    yield _plain("builder", [side.graph.builder if side.graph else side.coverage.builder for side in sides])
    yield _plain("ranks", [side.schedule.world_size for side in sides])
    schedules = [side.schedule.to_dict() for side in sides]
    for name in schedules[0]:
        yield _plain(name, [schedule[name] for schedule in schedules])
    for name in dict.fromkeys(name for side in sides for name in side.coverage.parameters):
        yield _plain(name, [side.parameters.get(name) for side in sides])
    counted = [side.figures for side in sides]
    routed = any(side.graph is not None and side.graph.routing for side in sides)
    for name, label in _SHOWN.items():
        each = [figures.get(name) for figures in counted]
        first = next((figure for figure in each if figure is not None), None)
        if first is None or (name == "active_parameters" and not routed):
            continue
        formats = [", ".join(figure.formats) if figure is not None else "" for figure in each]
        alike = len(set(formats)) == 1
        cells = tuple(
            Cell("-") if figure is None else Cell(human(figure.value, figure.unit), under=() if alike else (said,))
            for figure, said in zip(each, formats, strict=True)
        )
        values = tuple(None if figure is None else (int(figure.value), figure.formats) for figure in each)
        of = f"{label}, {_OF.get(first.of, first.of)}"
        yield Row(name, Cell(of, under=(formats[0],) if alike else ()), values, cells)


def _plain(name: str, values: Sequence[Any]) -> Row:
    texts = ("-" if each is None else each if isinstance(each, str) else value(each) for each in values)
    cells = tuple(Cell(printable(text, _LONGEST)) for text in texts)
    return Row(name, Cell(printable(name, 60)), tuple(values), cells)


def _with_ratios(row: Row) -> Iterator[Cell]:
    numbers = [each[0] if isinstance(each, tuple) and each else each for each in row.values]
    first = numbers[0]
    for at, (number, cell) in enumerate(zip(numbers, row.cells, strict=True)):
        yield cell
        if at:
            counts = all(isinstance(each, int) and not isinstance(each, bool) for each in (number, first))
            yield Cell(f"{number / first:.3g}" if counts and first else "")


def _names(sides: Sequence[Side]) -> list[str]:
    """Return short names that tell the sides apart."""
    texts = [side.asked.text for side in sides]
    if len({side.asked.source for side in sides}) == 1:
        return [side.asked.beside or side.asked.source.rstrip("/").rpartition("/")[2] for side in sides]
    short = [side.asked.source.rstrip("/").rpartition("/")[2] + side.asked.beside for side in sides]
    chosen = short if len(set(short)) == len(set(texts)) else texts
    return [name.replace("|", "¦") for name in chosen]

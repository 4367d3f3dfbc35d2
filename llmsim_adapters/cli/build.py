"""What `build` says: the operators, totals, caches and weights of a model's graph."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.cli.document import Cell, Document, Section, section, table
from llmsim_adapters.cli.media import seen
from llmsim_adapters.cli.words import exact, gap_cell, human, pairs, share, step
from llmsim_adapters.graph.figures import meanings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.operator import Operator, Weight

_SCOPES: Final = {"step of one rank": "step, rank", "sequence on one rank": "sequence, rank"}


def document(source: str, coverage: Coverage, graph: OperatorGraph, *, weights: bool) -> Document:
    """Return the graph; `weights` lists every tensor, too."""
    sections = [
        pairs(
            "",
            [
                ("Builder", graph.builder),
                ("Category", str(coverage.category or "")),
                ("Schedule", step(graph.schedule)),
                ("Ranks", f"{graph.schedule.world_size:,}: the figures are those of one of them"),
            ],
        ),
        *_notes(graph),
        *_media(graph),
        *_gaps(graph),
        _totals(graph),
        _kv_cache(graph),
        _caches(graph),
        *_operators(graph),
        *_transfers(graph),
    ]
    if weights:
        sections += _weights(graph.weights)
    return Document(source, tuple(sections))


def data(source: str, coverage: Coverage, graph: OperatorGraph) -> dict[str, Any]:
    """Return the same and every tensor, ready for JSON."""
    category = None if coverage.category is None else coverage.category.value
    return {"source": source, "category": category, **graph.to_dict(), "meanings": meanings(graph)}


def _gaps(graph: OperatorGraph) -> Iterator[Section]:
    if graph.gaps:
        yield section("Left out or in doubt", table("Gap", ([gap_cell(gap)] for gap in graph.gaps)))


def _notes(graph: OperatorGraph) -> Iterator[Section]:
    if graph.notes:
        yield section("Notes", table("Of the schedule", ([note] for note in graph.notes)))


def _media(graph: OperatorGraph) -> Iterator[Section]:
    if graph.media:
        yield section(
            "Pictures and sound of each sequence",
            table("What the encoder sees", ([line] for line in seen(graph.media))),
        )


def _totals(graph: OperatorGraph) -> Section:
    totals = graph.totals()
    said = meanings(graph)
    rows = (
        (
            name.replace("_", " "),
            f"{totals[name]:,}",
            human(totals[name], meaning["unit"]),
            Cell(f"{meaning['unit']}; {_SCOPES.get(meaning['of'], meaning['of'])}", under=_line(meaning["formats"])),
        )
        for name, meaning in said.items()
    )
    return section("Totals", table("Figure|>Value|>|Of, and in which formats", rows))


def _kv_cache(graph: OperatorGraph) -> Section:
    rows = (
        (
            f"{row['tokens']:,}",
            "reserved in full" if row["reserve"] else "window-aware",
            *exact(row["elements"], "elements"),
            human(row["bytes"], "bytes"),
            human(row["rank_bytes"], "bytes"),
        )
        for row in graph.kv_cache()
    )
    formats = ", ".join(dict.fromkeys(name for row in graph.kv_cache() for name in row["formats"]))
    title = f"Key/value cache of one sequence{', ' + formats if formats else ''}"
    return section(title, table(">Tokens|Kept|>Elements|>|>Bytes|>of one rank", rows))


def _caches(graph: OperatorGraph) -> Section:
    rows = (
        (
            f"{cache.stack}.{cache.block}",
            cache.kind,
            f"{cache.layers:,}",
            f"{cache.elements_per_entry:,}",
            "-" if cache.window is None else f"{cache.window:,}",
            f"{cache.stride:,}" if cache.per_token == 1 else f"1/{cache.per_token:,}",
            cache.dtype,
            _split(cache.sharding, cache.ways),
        )
        for cache in graph.caches
    )
    return section("Caches of one sequence", table("Block|Kind|>Layers|>Per entry|>Window|>Stride|Format|Split", rows))


def _split(sharding: str, ways: int) -> str:
    """Return how a tensor is split, and in how many parts where there are several."""
    return sharding if ways == 1 else f"{sharding} / {ways:,}"


def _operators(graph: OperatorGraph) -> Iterator[Section]:
    flops = graph.flops
    for (stack, block), found in _by_block(graph.operators).items():
        formats = ", ".join(dict.fromkeys(dtype for op in found for dtype in op.dtypes))
        yield section(
            f"Operators of {stack}.{block}: a step of one rank, {formats}",
            table(
                "Operator|>m × n × k|>times|>FLOPs|>share|>bytes|>/ byte",
                _grouped(
                    (
                        op.name,
                        " × ".join(f"{size:,}" for size in (op.m, op.n, op.k)),
                        f"{op.batch:,} × {op.repeat:,}" if op.batch != 1 else f"{op.repeat:,}",
                        human(op.flops, "FLOPs") if op.flops else "",
                        share(op.flops, flops) if op.flops else "",
                        human(op.bytes, "bytes"),
                        _intensity(op),
                    )
                    for op in found
                ),
            ),
        )


def _intensity(op: Operator) -> str:
    """Return an operator's FLOPs for each byte that it moves."""
    if not op.flops or not op.bytes:
        return ""
    each = op.flops / op.bytes
    return f"{each:,.0f}" if each >= 100 else f"{each:.3g}"


def _line(formats: Iterable[str]) -> tuple[str, ...]:
    return (", ".join(formats),) if formats else ()


def _grouped(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield rows that begin with dotted names, where several of one component follow each other under its name."""
    for first, group in groupby(rows, key=lambda row: row[0].partition(".")[0]):
        found = list(group)
        if len(found) == 1:
            yield found[0]
            continue
        yield first, *[""] * (len(found[0]) - 1)
        for name, *rest in found:
            yield f" {name.removeprefix(first).removeprefix('.')}", *rest


def _transfers(graph: OperatorGraph) -> Iterator[Section]:
    sent = graph.transfer_bytes
    for (stack, block), found in _by_block(graph.transfers).items():
        formats = ", ".join(dict.fromkeys(transfer.dtype for transfer in found))
        yield section(
            f"Transfers of {stack}.{block}: a step of one rank, {formats}",
            table(
                "Transfer|>rows × width|>copies|>ranks|>times|>payload|>sent|>share",
                _grouped(
                    (
                        transfer.name,
                        f"{transfer.rows:,} × {transfer.width:,}",
                        f"{transfer.copies:,}" if transfer.copies != 1 else "",
                        f"{transfer.ranks:,}",
                        f"{transfer.repeat:,}",
                        human(transfer.payload, "bytes"),
                        human(transfer.bytes, "bytes"),
                        share(transfer.bytes, sent),
                    )
                    for transfer in found
                ),
            ),
        )


def _weights(weights: Iterable[Weight]) -> Iterator[Section]:
    for (stack, block), found in _by_block(weights).items():
        yield section(
            f"Weights of {stack}.{block}",
            table(
                "Weight|Shape|>Sets|>Elements|>Bytes|>of one rank",
                (
                    (
                        Cell(weight.name, under=(_described(weight),)),
                        " × ".join(f"{size:,}" for size in weight.shape),
                        f"{weight.count:,}",
                        f"{weight.elements:,}",
                        human(weight.bytes, "bytes"),
                        human(weight.rank_bytes, "bytes"),
                    )
                    for weight in found
                ),
            ),
        )


def _described(weight: Weight) -> str:
    return f"{weight.dtype}, {weight.role}, {_split(weight.sharding, weight.ways)}"


def _by_block(entries: Iterable[Any]) -> dict[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    for entry in entries:
        found.setdefault((entry.stack, entry.block), []).append(entry)
    return found

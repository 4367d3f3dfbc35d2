"""What `build` says: the operators, totals, caches and weights of a model's graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.cli.document import Cell, Document, Section, section, table
from llmsim_adapters.cli.words import exact, gap_cell, human, pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.operator import Operator, Weight
    from llmsim_adapters.graph.transfer import Transfer

_UNITS: Final = {"flops": "FLOPs", "flops_executed": "FLOPs", "weight_bytes": "bytes", "transfer_bytes": "bytes"}


def document(source: str, coverage: Coverage, graph: OperatorGraph, *, weights: bool) -> Document:
    """Return the graph; `weights` lists every tensor, too."""
    fields = ((name.replace("_", " "), str(value)) for name, value in graph.schedule.to_dict().items() if value)
    sections = [
        pairs(
            "",
            [
                ("Builder", graph.builder),
                ("Category", str(coverage.category or "")),
                ("Schedule", ", ".join(f"{name} {value}" for name, value in fields)),
                ("Ranks", f"{graph.schedule.world_size:,}: the figures are those of one of them"),
            ],
        ),
        *_notes(graph),
        *_gaps(graph),
        _totals(graph),
        _kv_cache(graph),
        _caches(graph),
        *_operators(graph.operators),
        *_transfers(graph.transfers),
    ]
    if weights:
        sections += _weights(graph.weights)
    return Document(source, tuple(sections))


def data(source: str, coverage: Coverage, graph: OperatorGraph) -> dict[str, Any]:
    """Return the same and every tensor, ready for JSON."""
    category = None if coverage.category is None else coverage.category.value
    return {"source": source, "category": category, **graph.to_dict()}


def _gaps(graph: OperatorGraph) -> Iterator[Section]:
    if graph.gaps:
        yield section("Left out or in doubt", table("Gap", ([gap_cell(gap)] for gap in graph.gaps)))


def _notes(graph: OperatorGraph) -> Iterator[Section]:
    if graph.notes:
        yield section("Notes", table("Of the schedule", ([note] for note in graph.notes)))


def _totals(graph: OperatorGraph) -> Section:
    rows = (
        (name.replace("_", " "), *exact(figure, unit), unit)
        for name, figure in graph.totals().items()
        for unit in [_UNITS.get(name, "elements")]
    )
    return section("Totals", table("Figure|>Value|>|Unit", rows))


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
    return section("Key/value cache of one sequence", table(">Tokens|Kept|>Elements|>|>Bytes|>of one rank", rows))


def _caches(graph: OperatorGraph) -> Section:
    rows = (
        (
            f"{cache.stack}.{cache.block}",
            cache.kind,
            f"{cache.layers:,}",
            f"{cache.elements_per_entry:,}",
            "-" if cache.window is None else f"{cache.window:,}",
            f"{cache.stride:,}",
            cache.dtype,
            _split(cache.sharding, cache.ways),
        )
        for cache in graph.caches
    )
    return section("Caches", table("Block|Kind|>Layers|>Per entry|>Window|>Stride|Format|Split", rows))


def _split(sharding: str, ways: int) -> str:
    """Return how a tensor is split, and in how many parts where there are several."""
    return sharding if ways == 1 else f"{sharding} / {ways:,}"


def _operators(operators: Iterable[Operator]) -> Iterator[Section]:
    for (stack, block), found in _by_block(operators).items():
        yield section(
            f"Operators of {stack}.{block}",
            table(
                "Operator|>m|>n|>k|>batch|>repeat|>FLOPs|>bytes",
                (
                    (
                        Cell(op.name, under=(op.kind,)),
                        *(f"{size:,}" for size in (op.m, op.n, op.k, op.batch, op.repeat)),
                        human(op.flops, "FLOPs"),
                        human(op.bytes, "bytes"),
                    )
                    for op in found
                ),
            ),
        )


def _transfers(transfers: Iterable[Transfer]) -> Iterator[Section]:
    for (stack, block), found in _by_block(transfers).items():
        yield section(
            f"Transfers of {stack}.{block}",
            table(
                "Transfer|>rows|>width|>copies|>ranks|>repeat|>payload|>sent",
                (
                    (
                        Cell(transfer.name, under=(transfer.dtype,)),
                        *(f"{size:,}" for size in (transfer.rows, transfer.width, transfer.copies)),
                        *(f"{size:,}" for size in (transfer.ranks, transfer.repeat)),
                        human(transfer.payload, "bytes"),
                        human(transfer.bytes, "bytes"),
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

"""The columns of a graph in the libraries that people have for tables: pandas, polars and pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("hub_home")

TABLES: Final = ("operators", "weights", "caches", "transfers")
GRAPHS: Final = {
    "one rank": ("Qwen/Qwen3-8B", la.Schedule()),
    "experts over ranks": ("deepseek-ai/DeepSeek-V3", la.Schedule(tp_size=8, ep_size=8)),
    "packed weights, states": ("mlx-community/LFM2-8B-A1B-4bit", la.Schedule()),
    "a tower": ("google/gemma-3-4b-it", la.Schedule(tp_size=2)),
    "more than 64 bits": ("deepseek-ai/DeepSeek-V3", la.Schedule(batch_size=1 << 20, seq_len=1 << 17)),
}


class Pandas:
    """What a test asks of a frame, as pandas answers it."""

    library = "pandas"

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        self.frame = pytest.importorskip(self.library).DataFrame(columns)

    @property
    def shape(self) -> tuple[int, int]:
        return self.frame.shape

    def names(self) -> list[str]:
        return list(self.frame.columns)

    def total(self, column: str) -> float:
        return self.frame[column].sum()


class Polars(Pandas):
    library = "polars"


class Arrow(Pandas):
    library = "pyarrow"

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        self.frame = pytest.importorskip(self.library).table(columns)

    def names(self) -> list[str]:
        return list(self.frame.column_names)

    def total(self, column: str) -> float:
        compute = pytest.importorskip("pyarrow.compute")
        return compute.sum(self.frame[column]).as_py()


LIBRARIES: Final = (Pandas, Polars, Arrow)


@pytest.fixture(scope="module", params=sorted(GRAPHS))
def graph(request: pytest.FixtureRequest) -> la.OperatorGraph:
    source, schedule = GRAPHS[request.param]
    return la.load(source, offline=True).build(schedule)


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda each: each.library)
@pytest.mark.parametrize("what", TABLES)
def test_every_library_takes_every_table(graph: la.OperatorGraph, what: Any, library: Callable[..., Any]) -> None:
    columns = graph.table(what)
    frame = library(columns)
    assert frame.names() == list(columns)
    assert frame.shape == (len(getattr(graph, what)), len(columns))


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda each: each.library)
def test_a_frame_adds_up_to_the_graph(graph: la.OperatorGraph, library: Callable[..., Any]) -> None:
    operators, weights = library(graph.table("operators")), library(graph.table("weights"))
    assert operators.total("flops") == pytest.approx(graph.flops)
    assert operators.total("bytes") == pytest.approx(graph.bytes_moved)
    assert weights.total("share") == pytest.approx(1)


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda each: each.library)
def test_a_table_without_rows_is_a_frame_without_rows(library: Callable[..., Any]) -> None:
    frame = library(la.build("Qwen/Qwen3-8B", offline=True).table("transfers"))
    assert frame.shape[0] == 0
    assert {"kind", "ranks", "payload", "bytes", "share"} <= set(frame.names())


@pytest.mark.parametrize("library", LIBRARIES[:2], ids=lambda each: each.library)
def test_a_sweep_is_a_frame(library: Callable[..., Any]) -> None:
    model = la.load("Qwen/Qwen3-8B", offline=True)
    sweep = model.sweep(**la.grid(tp_size=[1, 2, 3], batch_size=[1, 8]))
    frame = library(sweep.to_dict())
    assert frame.shape[0] == len(sweep)
    assert frame.total("refused") == 2

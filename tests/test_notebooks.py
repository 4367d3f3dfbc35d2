"""What notebooks show: reprs of one line, HTML in which no text is markup, and columns for data frames."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.markup import block, sentence, table

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("hub_home")

SPREAD = la.Schedule(tp_size=8, ep_size=8)


class Tags(HTMLParser):
    """Holds HTML to tags that are closed in the order of their opening, and remembers which there are."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self._open.append(tag)
        assert {name for name, _ in attrs} <= {"style"}

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + " "


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    model = la.load("deepseek-ai/DeepSeek-V3", offline=True)
    return {
        "model": model,
        "coverage": model.coverage,
        "graph": model.build(SPREAD),
        "sweep": model.sweep(**la.grid(tp_size=[1, 2, 3], batch_size=[1, 8, 64, 128])),
        "report": la.coverage("report", offline=True),
        "working": model.explain(),
        "fit": model.fit("H100"),
    }


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("graph", "<OperatorGraph deepseek_v3: 671 B parameters, 85.1 GB a rank, 34 operators, 8 ranks>"),
        ("model", "<Model deepseek-ai/DeepSeek-V3>"),
        ("coverage", "<Coverage fully_supported by deepseek_v3, counted, 0 gaps>"),
        ("sweep", "<Sweep of 3 × 4 schedules, 4 refused>"),
        ("report", "<Report report: 19 of 19 models fully supported>"),
    ],
)
def test_a_repr_says_what_it_is(shown: dict[str, Any], name: str, line: str) -> None:
    assert repr(shown[name]) == line


@pytest.mark.parametrize("name", ["model", "coverage", "graph", "sweep", "report", "working", "fit"])
def test_a_repr_is_one_line(shown: dict[str, Any], name: str) -> None:
    assert len(repr(shown[name])) < 250
    assert "\n" not in repr(shown[name])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("model", ["Status", "fully supported", "deepseek_v3"]),
        ("coverage", ["Evidence", "counted"]),
        ("graph", ["weight bytes", "85.1 GB", "bytes, rank", "float8_e4m3fn", "FLOP/byte", "and 24 more", "8 ranks"]),
        ("sweep", ["tp_size", "376,276,958,838,784", "refused", "and 2 more"]),
        ("report", ["Qwen3-8B", "overall coverage 100.0 %"]),
        ("fit", ["H100-80GB: 79.6 GiB, 90 % of it used", "too large", "32,768 tokens", "tp8"]),
    ],
)
def test_html_says_what_matters_first(shown: dict[str, Any], name: str, said: list[str]) -> None:
    html = shown[name]._repr_html_()
    found = Tags(html)
    assert found.names <= {"div", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    for text in said:
        assert text in found.text, text
    assert len(html) < 10_000


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "</table>", "&lt;", '"><img src=x>', "\u202egnp", "\x1b[2J"]
)
def test_no_text_is_markup(tmp_path: Path, text: str) -> None:
    made = block(text, sentence(text), table((text, f">{text}"), [(text, text)]))
    assert Tags(made).names <= {"div", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    assert not re.search("[\u202e\x1b]", made)
    model = la.load({"model_type": text, "architectures": [text], text: text})
    assert Tags(model._repr_html_()).names <= {"div", "strong", "table", "thead", "tbody", "tr", "th", "td"}


class TestTables:
    @pytest.mark.parametrize("what", ["operators", "weights", "caches", "transfers"])
    def test_are_columns_of_equal_length(self, shown: dict[str, Any], what: Any) -> None:
        graph = shown["graph"]
        columns = graph.table(what)
        assert {len(values) for values in columns.values()} == {len(getattr(graph, what))}
        for name, values in columns.items():
            assert len({type(value) for value in values} - {type(None)}) <= 1, name

    def test_add_up(self, shown: dict[str, Any]) -> None:
        graph = shown["graph"]
        assert sum(graph.table("operators")["flops"]) == graph.flops
        assert sum(graph.table("operators")["bytes"]) == graph.bytes_moved
        for what in ("operators", "weights", "transfers"):
            assert sum(graph.table(what)["share"]) == pytest.approx(1)

    def test_of_no_transfers_is_empty(self, shown: dict[str, Any]) -> None:
        columns = la.build("Qwen/Qwen3-8B", offline=True).table("transfers")
        assert columns == {name: [] for name in shown["graph"].table("transfers")}

    def test_that_are_none_are_refused(self, shown: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="operators, weights, caches and transfers"):
            shown["graph"].table("figures")

"""A report as a page of HTML: it asks for nothing, runs nothing of others, and says what the report says."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

import pytest
from click.testing import CliRunner

import llmsim_adapters as la
from llmsim_adapters.cli.main import main
from llmsim_adapters.page.changes import compare, read
from llmsim_adapters.page.render import render
from llmsim_adapters.reported import ReportRow
from tests.hub.fixtures import ROOT
from tests.plugins import distributions

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

LLAMA: Final = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 160,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 500,
}
VOID: Final = {"meta", "input", "br", "hr", "img", "link"}
HOSTILE: Final = (
    "<b>bold</b>",
    "</script><script>alert(1)</script>",
    "</style><img src=//evil.example/x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "javascript:alert(1)",
    "\u202ereversed",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;i&gt;",
)


class Page(HTMLParser):
    """What a browser would see: elements with their attributes, the text, and how elements nest."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in self.inside:
            self.inside[self._open[-1]].append(data)
        else:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def policy(self) -> str:
        (found,) = (meta for meta in self.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
        return found["content"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def registry(folder: Path, *rows: dict[str, Any], **fields: Any) -> str:
    path = folder / "models.json"
    path.write_text(json.dumps({"name": "mine", "models": list(rows), **fields}), encoding="utf-8")
    return str(path)


def config(folder: Path, name: str, **changes: Any) -> str:
    path = folder / f"{name}.json"
    path.write_text(json.dumps({**LLAMA, **changes}), encoding="utf-8")
    return str(path)


def asks_for_nothing(page: Page) -> None:
    """Links stay in the page; there is one style sheet and one script, ours, and no attribute that runs or fetches."""
    allowed = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "h2",
        "h3",
        "p",
        "a",
        "b",
        "i",
        "span",
        "br",
    }
    allowed |= {"ul", "li", "svg", "rect", "path", "line", "text", "div", "table", "caption", "thead", "tbody", "tr"}
    allowed |= {"th", "td", "label", "input", "select", "option", "details", "summary", "code", "script"}
    assert {tag for tag, _ in page.elements} <= allowed
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert not attributes.keys() & {"src", "srcset", "style", "action", "formaction", "data", "poster", "ping"}
        for name in ("href", "xlink:href"):
            assert attributes.get(name, "#").startswith("#"), (tag, attributes)
    (style,), (script,) = page.inside["style"], page.inside["script"]
    assert not re.search(r"url\(|@import|expression", style)
    assert not re.search(r"fetch|XMLHttp|WebSocket|sendBeacon|import\(|innerHTML|eval|https?:|//", script)
    directives = dict(part.strip().split(" ", 1) for part in page.policy.split(";"))
    assert directives["default-src"] == "'none'"
    for name, text in (("style-src", style), ("script-src", script)):
        assert directives[name] == f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@pytest.fixture(scope="module")
def report() -> la.Report:
    return la.coverage("report", offline=True)


@pytest.fixture(scope="module")
def page(report: la.Report) -> Page:
    return Page(render(report))


class TestThePage:
    def test_asks_for_nothing_and_its_policy_forbids_it(self, page: Page) -> None:
        asks_for_nothing(page)

    def test_of_the_models_of_sglang_is_at_most_a_mebibyte(self) -> None:
        report = la.coverage("sglang", offline=True)
        source = render(report)
        assert len(source.encode()) <= 1 << 20
        page = Page(source)
        asks_for_nothing(page)
        assert len(page.all("details")) == len(report.rows) > 250

    def test_has_a_row_and_an_unfolding_part_for_every_model(self, page: Page, report: la.Report) -> None:
        identifiers = [details["id"] for details in page.all("details")]
        assert len(set(identifiers)) == len(identifiers) == len(report.rows)
        links = [link["href"].removeprefix("#") for link in page.all("a")]
        assert set(identifiers) <= set(links)
        assert set(links) <= {attributes["id"] for _, attributes in page.elements if "id" in attributes}

    def test_says_what_the_report_says(self, page: Page, report: la.Report) -> None:
        shown = [row for row in page.all("tr") if "data-of" in row]
        counts = report.counts
        assert [row["data-status"] for row in shown].count("fully") == counts.fully
        assert f"{report.overall_coverage:.1f} %" in page.text
        exact = {cell["data-v"] for cell in page.all("td") if "data-v" in cell}
        for row in report.rows:
            assert row.graph is not None
            assert {str(row.graph.parameters), str(row.graph.weight_bytes)} <= exact

    def test_can_be_used_without_eyes_and_without_colours(self, page: Page) -> None:
        assert page.all("html")[0]["lang"] == "en"
        assert all(header.get("scope") in ("col", "row") for header in page.all("th"))
        assert all("aria-label" in svg or svg.get("aria-hidden") == "true" for svg in page.all("svg"))
        assert len(page.all("label")) == len(page.all("input")) + len(page.all("select"))
        (style,) = page.inside["style"]
        assert "prefers-color-scheme:dark" in style
        assert "@media print" in style

    def test_is_the_same_each_time_with_a_date_that_is_given(
        self, report: la.Report, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
        assert "1970-01-02" in render(report)
        assert render(report) == render(report)

    @pytest.mark.parametrize(
        ("source", "drawn"),
        [
            ("deepseek-ai/DeepSeek-V3", {"M0 0h3v10h-3z", "M3 0h58v10h-58z"}),
            ("google/gemma-2-2b", {"".join(f"M{at} 0h1v10h-1z" for at in range(first, 26, 2)) for first in (0, 1)}),
        ],
    )
    def test_draws_layers_as_runs_of_equal_blocks(self, source: str, drawn: set[str]) -> None:
        """DeepSeek-V3 has three dense layers before the others; those of Gemma 2 alternate."""
        page = Page(render(la.coverage([source], offline=True)))
        assert drawn <= {path["d"] for path in page.all("path")}

    def test_of_no_models_is_a_page_still(self, tmp_path: Path) -> None:
        asks_for_nothing(Page(render(la.coverage(registry(tmp_path), offline=True))))


class TestTextOfOthers:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_in_names_types_keys_and_titles_is_text(self, text: str, tmp_path: Path) -> None:
        file = config(tmp_path, "hostile", model_type=text, architectures=[text], **{text: 1, "rope_scaling": text})
        mine = registry(tmp_path, {"name": text, "family": text, "huggingface": file}, {"name": text}, title=text)
        source = render(la.coverage(mine, offline=True))
        page = Page(source)
        asks_for_nothing(page)
        said = text.replace("\u202e", "\\u202e")
        assert page.text.count(said) >= 4
        assert "\u202e" not in source

    @pytest.mark.parametrize("text", HOSTILE)
    def test_in_what_a_plugin_raises_is_text(self, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source = f"class Acme(Acme):\n    def claim(self, *_):\n        raise RuntimeError({text!a})"
        for plugins in distributions.plugins(tmp_path, monkeypatch):
            model = distributions.model(LLAMA, plugins.install(source).load())
            row = ReportRow("", "Llama", "", model.coverage, model=model)
            page = render(la.Report("mine", "", (row,)))
        asks_for_nothing(Page(page))
        assert "\u202e" not in page
        assert f"RuntimeError: {text}".replace("\u202e", "\\u202e") in "".join(Page(page).text)


class TestTheCommand:
    def test_writes_the_page_beside_its_answer(self, tmp_path: Path) -> None:
        file = tmp_path / "report.html"
        result = run("coverage", "report", "--offline", "--html", str(file))
        assert (result.exit_code, result.stderr) == (0, "")
        assert "Fully supported" in result.stdout
        asks_for_nothing(Page(file.read_text(encoding="utf-8")))

    def test_without_jinja_names_the_extra(self, run_python: Any, tmp_path: Path) -> None:
        code = f"""
import sys
sys.modules["jinja2"] = None
from click.testing import CliRunner
from llmsim_adapters.cli.main import main
result = CliRunner().invoke(main, ["coverage", "--offline", "--html", {str(tmp_path / "x.html")!r}])
print(repr(result.exception), result.stdout, result.stderr)
"""
        assert "pip install llmsim-adapters[html]" in run_python(code)
        assert not (tmp_path / "x.html").exists()

    def test_the_extra_is_declared(self) -> None:
        assert 'html = ["jinja2>=' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def earlier(folder: Path, report: la.Report, **changes: Any) -> str:
    """Write a report as the command does, with other answers for some models; return its path.

    A change is of a model's row: keys of its coverage, `figures`, or None for a model that was not there.
    """
    data = {"schema_version": 1, **report.to_dict()}
    for row in data["models"]:
        change = changes.get(row["name"].replace("-", "_").replace(".", "_"), {})
        row["figures"].update(change.pop("figures", {}))
        row["coverage"].update(change)
    path = folder / "old.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


GAP: Final = {"kind": "unread_key", "name": "foo<b>", "detail": "", "impact": None}


class TestWhatChanged:
    def test_is_nothing_between_a_report_and_itself(self, report: la.Report, tmp_path: Path) -> None:
        old = earlier(tmp_path, report)
        result = run("coverage", "report", "--offline", "--against", old, "--fail-on", "worse")
        assert result.exit_code == 0
        assert "No model changed." in result.stdout

    @pytest.mark.parametrize(
        ("before", "verdict"),
        [
            ({"status": "partially_supported", "gaps": [GAP]}, "better"),
            ({"status": "not_evaluated", "evidence": "none", "builder": None}, "better"),
            ({"evidence": "built"}, "better"),
            ({"gaps": [GAP]}, "better"),
            ({"builder": "another"}, "changed"),
            ({"figures": {"parameters": 1}}, "changed"),
        ],
    )
    def test_is_better_where_more_is_known_and_else_a_change(
        self, before: dict[str, Any], verdict: str, report: la.Report, tmp_path: Path
    ) -> None:
        (change,) = compare(read(earlier(tmp_path, report, Qwen2_7B=dict(before))), report).models
        assert (change.name, change.verdict) == ("Qwen2-7B", verdict)
        assert change.lines

    @pytest.mark.parametrize("status", ["fully_supported", "partially_supported"])
    def test_is_worse_where_a_status_fell_or_there_is_a_gap_that_was_not(
        self, status: str, report: la.Report, tmp_path: Path
    ) -> None:
        mine = la.coverage(
            registry(tmp_path, {"name": "Foo", "huggingface": config(tmp_path, "foo", foo_gate_rank=3)}), offline=True
        )
        old = read(earlier(tmp_path, mine, Foo={"status": status, "gaps": []}))
        (change,) = compare(old, mine).models
        assert change.verdict == "worse"
        assert "new gap: unread_key foo_gate_rank" in change.lines

    def test_names_models_that_are_new_and_gone_and_keeps_equal_names_apart(self, tmp_path: Path) -> None:
        rows = [{"name": name, "huggingface": config(tmp_path, "llama")} for name in ("A", "A", "B")]
        before = la.coverage(registry(tmp_path, *rows), offline=True)
        now = la.coverage(registry(tmp_path, rows[0], rows[1], {**rows[2], "name": "C"}), offline=True)
        changes = compare(read(earlier(tmp_path, before)), now)
        assert [(change.name, change.verdict) for change in changes.models] == [("B", "gone"), ("C", "new")]

    def test_is_said_of_figures_with_their_ratio(self, report: la.Report, tmp_path: Path) -> None:
        (row,) = (row for row in report.rows if row.name == "Qwen2-7B")
        assert row.graph is not None
        half = row.graph.parameters // 2
        changes = compare(read(earlier(tmp_path, report, Qwen2_7B={"figures": {"parameters": half}})), report)
        assert changes.models[0].lines == (f"parameters {half:,} → {row.graph.parameters:,} × 2",)

    def test_of_a_report_without_figures_says_so(self, report: la.Report, tmp_path: Path) -> None:
        data = json.loads((tmp_path / "old.json").read_text()) if earlier(tmp_path, report) else {}
        for row in data["models"]:
            del row["figures"]
        (tmp_path / "old.json").write_text(json.dumps(data))
        changes = compare(read(tmp_path / "old.json"), report)
        assert (changes.models, changes.without_figures) == ((), True)
        assert "no figures to compare" in "".join(Page(render(report, changes)).text)

    def test_stands_in_the_page_and_in_markdown_as_text(self, report: la.Report, tmp_path: Path) -> None:
        old, file = earlier(tmp_path, report, Qwen2_7B={"gaps": [GAP]}), tmp_path / "report.html"
        result = run("coverage", "report", "--offline", "--against", old, "--format", "markdown", "--html", str(file))
        assert "| Qwen2-7B | better | gap gone: unread_key foo&lt;b&gt; |" in result.stdout
        page = Page(file.read_text(encoding="utf-8"))
        asks_for_nothing(page)
        assert "gap gone: unread_key foo<b>" in page.text

    def test_fails_on_worse_models_and_names_them(self, tmp_path: Path) -> None:
        mine = registry(tmp_path, {"name": "Foo", "huggingface": config(tmp_path, "foo", foo_gate_rank=3)})
        old = earlier(tmp_path, la.coverage(mine, offline=True), Foo={"gaps": []})
        arguments = ("coverage", mine, "--offline", "--against", old)
        assert run(*arguments).exit_code == 0
        result = run(*arguments, "--fail-on", "worse")
        assert result.exit_code == 1
        assert "1 model is worse than before: Foo" in result.stderr

    def test_json_is_the_report_to_compare_with_next_time(self, tmp_path: Path, report: la.Report) -> None:
        old = earlier(tmp_path, report)
        result = run("coverage", "report", "--offline", "--against", old, "--format", "json")
        assert json.loads(result.stdout) == json.loads((tmp_path / "old.json").read_text())

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (None, "can't be read: No such file"),
            ("{", "can't be read"),
            ("[]", "is no report"),
            ('{"schema_version": 1}', "is no report"),
            (
                '{"schema_version": 1, "overall_coverage": 1, "full_coverage": 1, "models": [{"name": 1}]}',
                "is no report",
            ),
            ('{"schema_version": 2, "models": []}', "has schema_version 2; expected 1"),
        ],
    )
    def test_with_what_is_no_report_is_misuse(self, content: str | None, said: str, tmp_path: Path) -> None:
        path = tmp_path / "old.json"
        if content is not None:
            path.write_text(content)
        result = run("coverage", "report", "--offline", "--against", str(path))
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr

    def test_to_fail_on_needs_something_to_compare_with(self) -> None:
        result = run("coverage", "report", "--offline", "--fail-on", "worse")
        assert result.exit_code == 2
        assert "--fail-on worse needs --against OLD.json" in result.stderr

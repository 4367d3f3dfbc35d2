"""How documents look: 80 columns, colours only for a terminal, and nothing untrusted that steers a reader."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from click.testing import CliRunner

from llmsim_adapters.cli import markdown, terminal
from llmsim_adapters.cli.document import LIMIT, Cell, Document, section, table
from llmsim_adapters.cli.main import main
from llmsim_adapters.cli.words import exact, human, one_line
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE: Final = {
    "clears the screen": "\x1b[2J",
    "eight-bit escape": "\x9b2J",
    "turns text around": "\u202egnp.exe",
    "breaks the line": "a\r\nb\u2028c",
    "rings": "\a\b\x00",
    "rich markup": "[red]x[/red][link=https://e.example]y[/link]",
    "emoji": ":warning:",
    "table and HTML": "|<script>alert(1)</script>|",
    "code": "`x` ``y``",
    "link": "[x](javascript:alert(1)) ![y](https://e.example/z.png)",
    "entity": "&lt;b&gt; &#60;",
    "emphasis": "_a_ *b* ~~c~~ __d__ $e$",
    "heading": "# a",
    "list": "- a",
    "numbered": "1. a",
    "backslash": "a\\|b\\",
    "half a surrogate pair": "\ud800",
    "very long": "x" * 50_000,
}
LIVE: Final = re.compile(r"(?<!\\)(?:\\\\)*([|`*\[\]~$])")
"""A character that Markdown would take for a mark: no odd number of backslashes is before it."""

hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


def everywhere(text: str) -> Document:
    """Return a document that has a text in every place."""
    rows = [[text, Cell(text, "bad", (text,))], ["plain", "plain"]]
    return Document(text, (section(text, table(f"{text.replace('|', '')}|b", rows), text),))


class TestTerminal:
    @hostile
    @pytest.mark.parametrize("colours", [False, True])
    def test_no_text_steers_it(self, text: str, colours: bool) -> None:
        shown = terminal.render(everywhere(text), terminal=colours)
        without_style = re.sub(r"\x1b\[[0-9;]*m", "", shown) if colours else shown
        assert all(c == "\n" or c.isprintable() for c in without_style)

    @hostile
    def test_no_text_is_taken_for_markup_or_lost(self, text: str) -> None:
        if text.isprintable() and len(text) < 70:
            shown = terminal.render(Document(text, ()))
            assert shown == text + "\n"

    @hostile
    def test_every_line_fits(self, text: str) -> None:
        assert all(len(line) <= 80 for line in terminal.render(everywhere(text)).splitlines())

    def test_a_long_value_takes_nothing_from_names(self) -> None:
        """Where a value has no end, it is folded; the names beside it are whole."""
        rows = [["hidden_size", "4,096", "n_embd", "aliased"], ["ignore", "x" * 200, "", "given"]]
        shown = terminal.render(Document("t", (section("", table("Parameter|>Value|Key|Origin", rows)),)))
        assert shown.splitlines()[1].split() == ["Parameter", "Value", "Key", "Origin"]
        assert shown.splitlines()[3].split() == ["hidden_size", "4,096", "n_embd", "aliased"]
        assert shown.splitlines()[4].split() == ["ignore", "x" * 26, "given"]
        assert shown.count("x") == 200

    @pytest.mark.parametrize("name", ["latent_attention.o_proj.all_reduce", "a/b/" * 10, "x.y." * 30])
    def test_long_names_are_parted_between_words(self, name: str) -> None:
        rows = [[name, "1,000,000,000"]]
        shown = terminal.render(Document("t", (section("", table("Operator|>a", rows)),)), width=40)
        parts = [line.split()[0] for line in shown.splitlines()[3:]]
        assert "".join(parts) == name
        assert len(parts) > 1
        assert all(part[-1] in "._/" for part in parts[:-1])

    def test_text_beyond_the_limit_is_cut(self) -> None:
        assert len(terminal.render(Document("x" * LIMIT * 2, ())).replace("\n", "")) == LIMIT

    @pytest.mark.parametrize("width", [40, 80, 120])
    def test_wide_characters_fit(self, width: int) -> None:
        shown = terminal.render(everywhere("模型覆盖率" * 40), width=width)
        assert all(sum(2 if c > "\u2e80" else 1 for c in line) <= width for line in shown.splitlines())

    def test_tones_are_colours(self) -> None:
        document = Document("t", (section("s", table("a", [[Cell("x", "good")]])),))
        assert "\x1b[" not in terminal.render(document)

    def test_no_color_is_honoured(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("NO_COLOR", raising=False)
        document = Document("t", (section("s", Cell("x", "good")),))
        assert "\x1b[32m" in terminal.render(document, terminal=True)
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b[32m" not in terminal.render(document, terminal=True)

    def test_numbers_stand_at_the_right_under_their_header(self) -> None:
        shown = terminal.render(Document("t", (section("", table("Name|>Value", [["a", "1"], ["b", "1,000"]])),)))
        assert shown.splitlines()[1:] == ["Name  Value", "───────────", "a         1", "b     1,000"]

    def test_a_column_that_nobody_fills_is_left_out(self) -> None:
        shown = terminal.render(Document("t", (section("", table("A|B|C", [["1", "", "2"]])),)))
        assert shown.splitlines()[1] == "A  C"


class TestMarkdown:
    @hostile
    def test_no_text_is_markup(self, text: str) -> None:
        shown = markdown.render(everywhere(text))
        assert "<" not in shown.replace("<br>", "")
        for line in shown.splitlines():
            cells = line.removeprefix("| ").removesuffix(" |").split(" | ") if line.startswith("| ") else [line]
            for cell in cells:
                assert not LIVE.search(cell), cell
        assert all(c == "\n" or c.isprintable() for c in shown)

    @hostile
    def test_every_row_has_as_many_cells_as_the_header(self, text: str) -> None:
        rows = [line for line in markdown.render(everywhere(text)).splitlines() if line.startswith("| ")]
        assert len({len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows}) == 1

    @pytest.mark.parametrize("text", ["# a", "- a", "+ a", "1. a", "1) a", "=== a"])
    def test_a_sentence_is_no_heading_and_no_list(self, text: str) -> None:
        assert markdown.render(Document("t", (section("", text),))).splitlines()[-1][:2] in (f"\\{text[0]}", "1\\")

    @pytest.mark.parametrize("text", ["hidden_size", "2.61 B", "num_heads = 32", "a / b", "x × y"])
    def test_ordinary_text_stays_as_it_is(self, text: str) -> None:
        assert markdown.render(Document("t", (section("", text),))) == f"# t\n\n{text}\n"

    def test_a_table(self) -> None:
        shown = markdown.render(Document("t", (section("s", table("a|>b", [[Cell("x", under=("y",)), "1"]])),)))
        assert shown == "# t\n\n## s\n\n| a | b |\n| --- | ---: |\n| x<br>y | 1 |\n"


class TestHostileConfigs:
    """The same through the command, with a config of which nothing can be trusted."""

    @pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
    def source(self, request: pytest.FixtureRequest, tmp_path: Path, hub_home: Path) -> str:
        text: str = request.param
        config: dict[str, Any] = json.loads((ROOT / "hf_config" / "Qwen--Qwen3-8B.json").read_text())
        config.update({text: 1, "architectures": [text], "hidden_act": text, "quantization_config": {text: text}})
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config))
        return str(path)

    @pytest.mark.parametrize("command", ["explain", "build"])
    @pytest.mark.parametrize("wanted", ["table", "markdown", "json"])
    def test_steer_nothing(self, source: str, command: str, wanted: str) -> None:
        result = CliRunner().invoke(main, [command, source, "--format", wanted])
        assert result.exit_code in (0, 1)
        for text in (result.stdout, result.stderr):
            assert all(c == "\n" or c.isprintable() for c in text)
        if wanted == "json":
            assert result.stdout.isascii()
        if wanted == "markdown":
            assert "<script" not in result.stdout
        if wanted == "table":
            assert all(len(line) <= 80 for line in result.stdout.splitlines())

    def test_name_in_a_registry(self, tmp_path: Path, hub_home: Path) -> None:
        path = tmp_path / "r.json"
        rows = [{"name": text[:5000], "family": text[:500], "huggingface": text[:500]} for text in HOSTILE.values()]
        path.write_text(json.dumps({"title": HOSTILE["clears the screen"], "models": rows[:-2]}))
        for wanted in ("table", "markdown", "json"):
            result = CliRunner().invoke(main, ["coverage", str(path), "--offline", "--format", wanted])
            assert result.exit_code == 0, result.stderr
            assert all(c == "\n" or c.isprintable() for c in result.stdout)


class TestWidth:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["coverage", "--offline"],
            ["coverage", "sglang", "--offline"],
            ["builders"],
            ["builders", "hybrid"],
            *(
                [*command.split(), model, "--mtp", "--batch-size", "512", "--context-len", "100000"]
                for command in ("explain --full", "explain", "build")
                for model in ("deepseek-ai/DeepSeek-V3", "mistralai/Mixtral-8x22B-v0.1", "google/gemma-2-9b")
            ),
            ["build", "deepseek-ai/DeepSeek-V3", "--weights"],
        ],
        ids=" ".join,
    )
    def test_of_real_output_is_80(self, hub_home: Path, arguments: list[str]) -> None:
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0
        printed = result.stdout.splitlines()
        assert max(map(len, printed)) <= 80
        assert all(line == line.rstrip() for line in printed)
        assert "…" not in result.stdout


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "elements", "0"),
        (999, "elements", "999"),
        (1000, "elements", "1.00 K"),
        (999_499, "elements", "999 K"),
        (999_500, "elements", "1.00 M"),
        (8_030_261_248, "elements", "8.03 B"),
        (46_702_792_704, "elements", "46.7 B"),
        (16_060_522_496, "bytes", "16.1 GB"),
        (9_996, "bytes", "10.0 kB"),
        (99_950, "bytes", "100 kB"),
        (68_900_000_000_000, "FLOPs", "68.9 T"),
        (10**30, "elements", "1,000,000,000,000,000,000 T"),
    ],
)
def test_figures_for_people_have_three_digits(value: int, unit: str, text: str) -> None:
    assert human(value, unit) == text


def test_figures_are_also_exact() -> None:
    assert exact(8_030_261_248, "elements") == ("8,030,261,248", "8.03 B")
    assert exact(999, "elements") == ("999", "")


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("a", "a"),
        ("a:\n  b\n  c", "a: b; c"),
        ("a:", "a"),
        ("a\x1b[2J\n\nb", "a\\x1b[2J b"),
        ("", ""),
    ],
)
def test_errors_are_one_line(message: str, line: str) -> None:
    assert one_line(message) == line


def test_a_long_value_leaves_the_other_columns_their_room() -> None:
    long = '{"modules_to_not_convert": [' + '"model.layers.0.mlp", ' * 30
    rows = [("quantization_config", long, "given"), ("dtype", "7", "given")]
    text = terminal.render(Document("", (section("", table("Parameter|>Value|Origin", rows)),)), width=80)
    for word in ("Parameter", "Value", "Origin", "quantization_config", "dtype", "given"):
        assert word in text

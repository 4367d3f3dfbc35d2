"""The pages are true: what is generated says what the package does now, and examples run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Final

import click
import pytest

import llmsim_adapters as la
from llmsim_adapters import llmsim, testing
from llmsim_adapters.cli.main import main
from llmsim_adapters.documents import SCHEMAS
from llmsim_adapters.graph import sglang_command
from llmsim_adapters.plugins.hookspecs import HookSpecs
from tests import pages
from tests.hub.fixtures import ROOT
from tests.pages import tool_named

if TYPE_CHECKING:
    from pathlib import Path

PAGES: Final = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
}
TRANSLATED: Final = {  # each with the page whose blocks it has
    "README.zh-CN.md": "README.md",
    "docs/zh/index.md": "docs/index.md",
    "docs/zh/first-steps.md": "docs/first-steps.md",
}
RUN: Final = sorted(
    name
    for name, text in PAGES.items()
    if name not in TRANSLATED
    and any(block.language in ("python", "bash", "console") and not block.not_run for block in pages.blocks(text))
)


class TestExamples:
    @pytest.mark.skipif(
        os.name == "nt" or shutil.which("bash") is None, reason="the commands are those of a POSIX shell"
    )
    @pytest.mark.parametrize("name", RUN)
    def test_run_as_they_stand_there(self, name: str, tmp_path: Path, hub_home: Path) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        pages.follow(PAGES[name], folder)

    @pytest.mark.parametrize("name", sorted(PAGES))
    def test_say_what_language_they_are_in(self, name: str) -> None:
        """A block without one would be an example that nobody runs."""
        assert all(block.language for block in pages.blocks(PAGES[name]))

    @pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
    def test_that_are_not_run_are_none_of_the_front_pages(self, name: str) -> None:
        assert not [block for block in pages.blocks(PAGES[name]) if block.not_run]


class TestTranslations:
    """`python tools/console.py` writes what commands print into both."""

    @pytest.mark.parametrize(("name", "original"), sorted(TRANSLATED.items()))
    def test_have_the_same_blocks(self, name: str, original: str) -> None:
        assert pages.blocks(PAGES[name]) == pages.blocks(PAGES[original])

    @pytest.mark.parametrize(("name", "original"), sorted(TRANSLATED.items())[1:])
    def test_have_the_same_headings_and_lead_to_the_original(self, name: str, original: str) -> None:
        levels = [re.findall(r"^(#+) ", PAGES[page], re.MULTILINE) for page in (name, original)]
        assert levels[0][: len(levels[1])] == levels[1]
        assert f"[English](../{original.rpartition('/')[2]})" in PAGES[name]


class TestReference:
    def documented(self) -> list[str]:
        return [name for text in PAGES.values() for name in re.findall(r"^::: (\S+)$", text, re.MULTILINE)]

    def test_has_every_public_name_once(self) -> None:
        public = {f"llmsim_adapters.{name}" for name in la.__all__ if name != "__version__"}
        public |= {f"{package.__name__}.{name}" for package in (llmsim, testing) for name in package.__all__}
        public |= {f"{HookSpecs.__module__}.{HookSpecs.__name__}"}
        assert sorted(self.documented()) == sorted(public)

    def test_has_every_command_and_document(self) -> None:
        shown = re.findall(r"<!-- (help|fields) of (\S+) -->", "".join(PAGES.values()))
        assert {name for kind, name in shown if kind == "help"} == {"llmsim-adapters", *main.commands}
        parts = {"coverage", "working"}  # of an explanation, whose page has them
        assert {name for kind, name in shown if kind == "fields"} == set(SCHEMAS) - parts

    def test_is_current(self) -> None:
        """`python tools/reference_pages.py` writes it anew."""
        tool = tool_named("reference_pages")
        for path in tool.PAGES:
            text = path.read_text(encoding="utf-8")
            assert text == tool.written(text), f"{path.name} is stale"

    @pytest.mark.parametrize("name", sorted(SCHEMAS))
    def test_of_a_document_has_every_field(self, name: str) -> None:
        table = "".join(tool_named("reference_pages").fields(name))
        assert [field for field in SCHEMAS[name].model_fields if f"| `{field}` |" not in table] == []

    @pytest.mark.parametrize("name", sorted(main.commands))
    def test_of_a_command_has_every_option(self, name: str) -> None:
        text = "".join(tool_named("reference_pages").usage(name))
        command = main.commands[name]
        inner = command.commands.values() if isinstance(command, click.Group) else ()
        options = [
            parameter.opts[0]
            for each in (command, *inner)
            for parameter in each.params
            if parameter.param_type_name == "option"
        ]
        assert [option for option in options if option not in text] == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_file_that_a_page_links_to_is_there(name: str) -> None:
    text = re.sub(r"^```.*?^```$", "", PAGES[name], flags=re.MULTILINE | re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text) if ":" not in link]
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


def test_no_page_of_the_site_links_to_a_file_outside_of_it() -> None:
    outside = [
        f"{name}: {link}"
        for name, text in PAGES.items()
        if name.startswith("docs/")
        for link in re.findall(r"\]\((\.\.[^)#\s]*)", text)
        if not (ROOT / name).parent.joinpath(link).resolve().is_relative_to(ROOT / "docs")
    ]
    assert not outside


def test_every_page_has_its_place_in_the_site() -> None:
    placed = re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert sorted(f"docs/{page}" for page in placed) == sorted(name for name in PAGES if name.startswith("docs/"))


def test_the_lists_of_model_types_are_current() -> None:
    """`python tools/model_types.py` writes them anew."""
    tool = tool_named("model_types")
    found = tool.types()
    assert all(row.summary and row.builder for row in found)
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(found)
    for path in tool.READMES:
        assert path.read_text(encoding="utf-8") == tool.readme(found, path)


@pytest.mark.parametrize("name", ["engines", "quantization"])
def test_the_generated_parts_of_a_page_are_current(name: str) -> None:
    """`python tools/engines.py`, for instance, writes them anew."""
    tool = tool_named(name)
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page()


def test_the_picture_of_the_first_page_is_current() -> None:
    """`python tools/pictures.py` draws it anew."""
    tool = tool_named("pictures")
    assert tool.PICTURE.read_text(encoding="utf-8") == tool.picture()


class TestSglangsWords:
    """The table from SGLang's arguments to a schedule."""

    PAGE: Final = PAGES["docs/engines.md"]
    ROWS: Final = re.findall(r"^\| `(--[^`]+)` \| `([^`]+)` \|$", PAGE, re.MULTILINE)

    @pytest.mark.parametrize(("command", "fields"), ROWS)
    def test_means_what_it_says(self, command: str, fields: str) -> None:
        assert la.Schedule.from_sglang(command) == eval(f"la.Schedule({fields})", {"la": la})

    def test_has_every_argument_that_is_modelled(self) -> None:
        said = {word for command, _ in self.ROWS for word in command.split() if word.startswith("--")}
        assert said >= {*sglang_command._SIZES, *sglang_command._WORDS, *sglang_command._FLAGS}

    @pytest.mark.parametrize("name", sglang_command._UNMODELLED)
    def test_refuses_what_is_not_modelled(self, name: str) -> None:
        with pytest.raises(la.ScheduleError, match=f"{name} is '2', which is not modelled"):
            la.Schedule.from_sglang(f"{name} 2")

"""The fenced blocks of a Markdown page, and how a reader who follows it would run them.

A block with a `title` is a file of that name. Files that make up a project (`pyproject.toml`) are installed first; then
the page's Python runs as one program, whose comments `# -> …` are its output; then its commands, from top to bottom,
those of a `console` block with their output. A block below `<!-- not run: REASON -->` is left out. Commands that
install are `.ci/run`'s.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

INSTALLS: Final = "pip install "
_FENCE: Final = re.compile(
    r"(?:^[ ]*<!-- not run: (?P<reason>.+?) -->\n+)?"
    r"^(?P<indent>[ ]*)(?P<fence>```+)(?P<language>\w*)(?: title=\"(?P<title>[^\"]+)\")?[^\n]*\n"
    r"(?P<text>.*?)^(?P=indent)(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_INCLUDE: Final = re.compile(r'^--8<-- "([^":]+)"\n', re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: its language, its text without indentation, the file that it is, and why it is not run."""

    language: str
    text: str
    title: str | None
    not_run: str | None


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page in order; a file that is included whole is read."""
    found = []
    for match in _FENCE.finditer(page):
        text = re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
        text = _INCLUDE.sub(lambda included: (ROOT / included[1]).read_text(encoding="utf-8"), text)
        found.append(Block(match["language"], text, match["title"], match["reason"]))
    return found


def titled(page: str, title: str) -> str:
    """Return the text of the file of that name in a page."""
    (text,) = [block.text for block in blocks(page) if block.title == title]
    return text


def follow(page: str, folder: Path) -> None:
    """Do in an empty folder what a page says, and compare what it shows."""
    todo = [block for block in blocks(page) if not block.not_run]
    for block in todo:
        if block.title:
            (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.title).write_text(block.text, encoding="utf-8")
    site = folder / "site-packages"
    if (folder / "pyproject.toml").exists():
        install(folder, site)
    program = "".join(block.text for block in todo if block.language == "python" and not block.title)
    if program:
        printed = _run([sys.executable, "-c", program], folder, site)
        assert printed.splitlines() == re.findall(r"# -> (.*)", program), f"it prints:\n{printed}"
    for block in todo:
        for command, expected in commands(block):
            printed = _run(["bash", "-euo", "pipefail", "-c", command], folder, site)
            assert expected is None or printed == expected, f"{command} prints:\n{printed}"


def commands(block: Block) -> Iterator[tuple[str, str | None]]:
    """Yield the commands of a block that are to be run, each with its output where the block shows one."""
    if block.language == "bash" and not block.title and not block.text.startswith(INSTALLS):
        yield block.text, None
    if block.language == "console":
        yield from re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE)


def install(project: Path, site: Path) -> None:
    """Put into a folder what installing a project puts into site-packages."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(site.parent / "dist")]
    done = subprocess.run([*command, str(project)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (site.parent / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)


def _run(command: list[str], folder: Path, site: Path) -> str:
    """Return what a command prints, the scripts and packages of this environment at hand."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "LLMSIM_"))}
    environment["PATH"] = os.pathsep.join((os.path.dirname(sys.executable), environment.get("PATH", "")))
    environment["PYTHONPATH"] = os.pathsep.join((str(site), str(ROOT)))
    environment |= {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tool_named(name: str) -> ModuleType:
    """Return the module of a tool, which is in no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

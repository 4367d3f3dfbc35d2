"""Run the commands of the pages' `console` blocks, and write below each of them what it prints now.

    python tools/console.py

Pages that write a project first are left alone: their commands need it. A page of another language has the blocks of
the page that it translates, which are not run again.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
DOCS: Final = ROOT / "docs"
TRANSLATED: Final = {DOCS / "zh" / name: DOCS / name for name in ("index.md", "first-steps.md")}

_NOT_RUN: Final = re.compile(r"<!-- not run: [^\n]*-->\n+\Z")
_CONSOLE: Final = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Return the pages that have such blocks, and are no translation."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md")) if path not in TRANSLATED}
    return [path for path, text in texts.items() if _CONSOLE.search(text) and 'title="pyproject.toml"' not in text]


def page(text: str) -> str:
    """Return a page with what its commands print now."""

    def block(match: re.Match[str]) -> str:
        if _NOT_RUN.search(text[: match.start()]):
            return match[0]
        lines = re.findall(r"^\$ (.+)\n", match[1], re.MULTILINE)
        return "```console\n" + "".join(f"$ {line}\n{_printed(line)}" for line in lines) + "```"

    return _CONSOLE.sub(block, text)


def translated(text: str, original: str) -> str:
    """Return a translation with the blocks of the page that it translates, which are as many."""
    blocks = [match[0] for match in _BLOCK.finditer(original)]
    assert len(blocks) == len(_BLOCK.findall(text)), "a translation has as many blocks as its original"
    return _BLOCK.sub(lambda _: blocks.pop(0), text)


def _printed(line: str) -> str:
    with tempfile.TemporaryDirectory() as home:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LLMSIM_")}
        environment["PATH"] = os.pathsep.join((os.path.dirname(sys.executable), environment.get("PATH", "")))
        environment |= {"HF_HOME": home, "MODELSCOPE_CACHE": home, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=home,
            env=environment,
            check=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
        )
    return done.stdout


if __name__ == "__main__":
    for path in pages():
        path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
    for path, original in TRANSLATED.items():
        if path.exists():
            text = translated(path.read_text(encoding="utf-8"), original.read_text(encoding="utf-8"))
            path.write_text(text, encoding="utf-8")

"""Write the files of `examples/llmsim-echo` into the blocks of `docs/tutorial.md` that are titled with their names.

    python tools/tutorial.py

The prose between them is the page's own.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "tutorial.md"
EXAMPLE: Final = ROOT / "examples" / "llmsim-echo"
_BLOCK: Final = re.compile(r'^(```\w+ title="([^"]+)"\n).*?^```$', re.MULTILINE | re.DOTALL)


def page(text: str) -> str:
    """Return the page with its files as they are now."""

    def block(match: re.Match[str]) -> str:
        return f"{match[1]}{(EXAMPLE / match[2]).read_text(encoding='utf-8')}```"

    return _BLOCK.sub(block, text)


def titles(text: str) -> list[str]:
    """Return the names of the files that the page has."""
    return [title for _, title in _BLOCK.findall(text)]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

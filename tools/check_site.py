"""Check a built documentation site for what its generator takes without a warning.

    python tools/check_site.py FOLDER

A section of a docstring (`Raises:`, `Args:`) that was read in another style than it is written in is run-on text; a
signature that nothing formatted is one long line.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH: Final = 88
"""What a signature's lines may have; formatted to 60, a name that can't be broken may go beyond."""

_RUN_ON: Final = re.compile(
    r"(?:Args|Arguments|Parameters|Raises|Returns|Yields|Attributes|Examples?):\s|:\w+( \w+)?: "
)


class _Page(HTMLParser):
    """The paragraphs and the signatures of a page, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.signatures: list[str] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p":
            self._into = self.paragraphs
        elif tag == "div" and "doc-signature" in (dict(attrs).get("class") or "").split():
            self._into = self.signatures
        else:
            return
        self._into.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "div"):
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data


def faults(html: str) -> Iterator[str]:
    """Yield what is wrong with a page."""
    page = _Page()
    page.feed(html)
    for paragraph in page.paragraphs:
        if _RUN_ON.match(paragraph):
            yield f"a section that is run-on text: {paragraph[:WIDTH]!r}"
    for line in "\n".join(page.signatures).splitlines():
        if len(line) > WIDTH:
            yield f"a signature that is not wrapped: {line[:WIDTH]!r}"


if __name__ == "__main__":
    found = [
        f"{path}: {fault}"
        for path in sorted(Path(sys.argv[1]).rglob("*.html"))
        for fault in faults(path.read_text(encoding="utf-8"))
    ]
    sys.exit("\n".join(found) or None)

"""The script of the site's tables in a real browser: it filters and sorts, and asks for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests import browser
from tests.browser import Browser
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM: Final = browser.found()
SCRIPT: Final = ROOT / "docs" / "assets" / "tables.js"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=f"no Chromium on the PATH and none in {browser.VARIABLE}")


def table(names: list[str], heads: str = "<th>Name</th><th>Count</th>") -> str:
    rows = "".join(f"<tr><td>{name}</td><td>{1000 * at:,}</td></tr>" for at, name in enumerate(names))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    assert CHROMIUM is not None
    driven = Browser(CHROMIUM, tmp_path_factory.mktemp("browser"))
    yield driven
    driven.close()


@pytest.fixture
def shown(chromium: Browser, tmp_path: Path) -> Browser:
    """A page with a long table, a short one, and two that are long together."""
    parts = [
        table([f"model {at}" for at in range(100)], "<th>Model</th><th>Count</th>"),
        table(["short"], "<th>Other</th><th>Count</th>"),
        *(f"<h3>{family}</h3><p>of it</p>{table([f'{family}-{at}' for at in range(30)])}" for family in "AB"),
    ]
    path = tmp_path / "page.html"
    text = f"<html lang=en><article>{''.join(parts)}</article><script>{SCRIPT.read_text(encoding='utf-8')}</script>"
    path.write_text(text, encoding="utf-8")
    chromium.show(path)
    return chromium


def rows(shown: Browser, at: int) -> list[str]:
    found: list[str] = shown.run(
        f"Array.from(document.querySelectorAll('table')[{at}].querySelectorAll('tbody tr:not([hidden])'), "
        "(row) => row.cells[0].textContent)"
    )
    return found


def enter(shown: Browser, field: int, text: str) -> None:
    shown.run(f"document.querySelectorAll('.filter input')[{field}].focus()")
    shown.ask("Input.insertText", text=text)


def test_long_tables_have_a_field_and_short_ones_do_not(shown: Browser) -> None:
    assert shown.run("document.querySelectorAll('.filter').length") == 2
    assert len(shown.happened("Network.requestWillBeSent")) == 1
    assert shown.happened("Runtime.exceptionThrown") == []


def test_rows_without_the_words_go_away(shown: Browser) -> None:
    enter(shown, 0, "MODEL 77")
    assert rows(shown, 0) == ["model 77"]
    assert "1 / 100" in shown.run("document.querySelector('.filter').textContent")
    assert len(rows(shown, 2)) == 30


def test_sections_without_rows_go_away(shown: Browser) -> None:
    enter(shown, 1, "b-1")
    assert (rows(shown, 2), len(rows(shown, 3)), len(rows(shown, 0))) == ([], 11, 100)
    assert shown.run("Array.from(document.querySelectorAll('h3:not([hidden])'), (e) => e.textContent)") == ["B"]


def test_numbers_are_sorted_as_numbers(shown: Browser) -> None:
    for expected in ([f"model {at}" for at in range(100)], [f"model {at}" for at in range(99, -1, -1)]):
        shown.click("th:nth-child(2) button")
        assert rows(shown, 0) == expected

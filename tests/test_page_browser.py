"""The report's page in a real browser: nothing is requested, nothing of others runs, and everybody can use it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.page.changes import compare
from llmsim_adapters.page.render import render
from llmsim_adapters.report import ReportRow
from tests import browser
from tests.browser import Browser
from tests.plugins import distributions
from tests.test_page import HOSTILE, LLAMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM: Final = browser.found()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=f"no Chromium on the PATH and none in {browser.VARIABLE}")

WIDTHS: Final = (1280, 390)
CONTROLS: Final = {"button", "link", "searchbox", "textbox", "combobox", "DisclosureTriangle", "image"}

CONTRAST: Final = """(() => {
  const light = (c) => {
    const linear = (v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const part = c.match(/[\\d.]+/g).slice(0, 3).map((v) => linear(v / 255));
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if (c !== "rgba(0, 0, 0, 0)" && c !== "transparent") return c;
    }
    return "rgb(255, 255, 255)";
  };
  const low = new Map();
  for (const e of document.querySelectorAll("main *:not(svg *)")) {
    if (!Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(e), a = light(style.color), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.set(style.color + " on " + behind(e), ratio);
  }
  return Object.fromEntries(low);
})()"""
"""Text that has less than 4.5 times the light of what is behind it, or the other way round (WCAG 2, level AA)."""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    assert CHROMIUM is not None
    driven = Browser(CHROMIUM, tmp_path_factory.mktemp("browser"))
    yield driven
    driven.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the models of SGLang's registry, compared with a report in which one of them was better."""
    report = la.coverage("sglang", offline=True)
    before = {"schema_version": 1, **report.to_dict()}
    before["models"][0]["coverage"]["status"] = "not_supported"
    path = tmp_path_factory.mktemp("page") / "sglang.html"
    path.write_text(render(report, compare(before, report)), encoding="utf-8")
    return path


@pytest.fixture
def shown(chromium: Browser, file: Path) -> Browser:
    chromium.resize(1280)
    chromium.prefer()
    chromium.show(file)
    return chromium


def stays_quiet(shown: Browser, file: Path) -> None:
    """Nothing was requested but the page, nothing had to be refused, nothing was said, nothing failed."""
    asked = [request["request"]["url"].partition("#")[0] for request in shown.happened("Network.requestWillBeSent")]
    assert asked == [file.as_uri()]
    for event in (
        *("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening"),
        *("Network.webSocketCreated", "Page.windowOpen", "Page.downloadWillBegin"),
    ):
        assert shown.happened(event) == []


def visible(shown: Browser) -> int:
    return int(shown.run("document.querySelectorAll('#models tbody tr:not([hidden])').length"))


def count(shown: Browser) -> str:
    return str(shown.run("document.getElementById('count').textContent"))


def test_nothing_is_requested_whatever_is_clicked(shown: Browser, file: Path) -> None:
    for selector in ("#models th:nth-child(7) button", "[data-cause] button", ".filters button", "details summary"):
        shown.click(selector)
    shown.run("dispatchEvent(new Event('beforeprint'))")
    stays_quiet(shown, file)


class TestTextOfOthers:
    def page(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A page in which names, types, keys, gaps and a plugin's error are each of the hostile texts."""
        rows = []
        for at, text in enumerate(HOSTILE):
            source = f"class Acme(Acme):\n    def claim(self, *_):\n        raise RuntimeError({text!a})"
            (folder / str(at)).mkdir()
            with monkeypatch.context() as patch:
                for plugins in distributions.plugins(folder / str(at), patch):
                    config = {**LLAMA, "architectures": [text], text: 1, "rope_scaling": text}
                    model = distributions.model(config, plugins.install(source).load())
                    rows.append(ReportRow(text, text, text, model.coverage, model=model))
            rows.append(ReportRow(text, text, text, la.evaluate({**LLAMA, "model_type": text}), None, None))
        path = folder / "hostile.html"
        path.write_text(render(la.Report(HOSTILE[1], HOSTILE[0], tuple(rows))), encoding="utf-8")
        return path

    def test_is_inert(self, chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = self.page(tmp_path, monkeypatch)
        chromium.prefer()
        chromium.show(path)
        for selector in ("[data-cause] button", "details summary", "#models a"):
            chromium.click(selector)
        stays_quiet(chromium, path)
        assert chromium.run("document.title") == HOSTILE[0]
        assert chromium.run("document.scripts.length") == 1
        assert chromium.run("document.querySelectorAll('img, iframe, object, embed, base').length") == 0
        assert chromium.run("document.querySelectorAll('th b, td b, code b, i:not([class])').length") == 0
        assert chromium.run("document.querySelectorAll('[onerror], [onmouseover], [onclick]').length") == 0
        assert chromium.run("Array.from(document.links).every((a) => a.protocol === 'file:')")
        text = chromium.run("document.body.textContent")
        assert "\u202e" not in text
        for said in HOSTILE:
            assert said.replace("\u202e", "\\u202e") in text
        names = chromium.run("Array.from(document.querySelectorAll('#models tbody th'), (e) => e.textContent)")
        assert names == [said.replace("\u202e", "\\u202e") for said in HOSTILE for _ in range(2)]


class TestTheTable:
    def test_is_sorted_by_a_click_and_the_other_way_by_a_second(self, shown: Browser) -> None:
        exact = (
            "Array.from(document.querySelectorAll('#models tbody td:nth-child(7)'), (e) => e.dataset.v)"
            ".filter((v) => v !== undefined).map(Number)"
        )
        for order in (1, -1):
            shown.click("#models th:nth-child(7) button")
            found = shown.run(exact)
            assert found == sorted(found)[::order]
            assert len(found) > 100

    def test_is_filtered_by_words_and_by_status(self, shown: Browser) -> None:
        every = visible(shown)
        shown.run("document.getElementById('text').focus()")
        shown.ask("Input.insertText", text="qwen3 MOE")
        assert 0 < visible(shown) < every
        assert count(shown) == f"{visible(shown)} of {every} models"
        words = visible(shown)
        shown.run(
            "(s => (s.value = 'partially', s.dispatchEvent(new Event('input'))))(document.getElementById('status'))"
        )
        assert visible(shown) < words
        assert "status=partially" in shown.run("location.hash")

    def test_is_filtered_by_a_cause_and_whole_again(self, shown: Browser) -> None:
        every = visible(shown)
        causes = shown.run(
            "Array.from(document.querySelectorAll('[data-cause]'), "
            "(e) => [e.dataset.cause, e.cells[0].textContent, Number(e.cells[2].textContent)])"
        )
        assert len(causes) > 3
        for at, name, models in causes:
            shown.click(f'[data-cause="{at}"] button')
            assert (visible(shown), count(shown)) == (models, f"{models} of {every} models")
            assert shown.run(f"document.querySelector('[data-cause=\"{at}\"] button').ariaPressed") == "true"
            assert shown.run("document.querySelector('.filters button').textContent") == f"Held back by {name} ×"
        shown.click(".filters button")
        assert visible(shown) == every
        shown.click('[data-cause="0"] button')
        shown.click('[data-cause="0"] button')
        assert visible(shown) == every

    def test_is_as_it_was_by_a_link(self, shown: Browser, file: Path) -> None:
        shown.click("#models th:nth-child(1) button")
        shown.click('[data-cause="1"] button')
        fragment, rows = shown.run("location.hash"), visible(shown)
        shown.show(file, fragment)
        assert visible(shown) == rows
        assert shown.run("document.querySelector('#models th').ariaSort") == "ascending"
        assert shown.run("document.querySelector('.filters button').hidden") is False

    def test_leads_to_each_model(self, shown: Browser) -> None:
        shown.click("#models tbody a")
        target = "document.querySelector(document.querySelector('#models tbody a').getAttribute('href'))"
        assert shown.becomes(f"{target}.open")


class TestForEverybody:
    @pytest.mark.parametrize("width", WIDTHS)
    def test_fits_the_window(self, shown: Browser, width: int) -> None:
        """Wide tables scroll in themselves."""
        shown.resize(width)
        shown.run("document.querySelectorAll('details').forEach((e) => { e.open = true })")
        assert shown.run("document.documentElement.scrollWidth") <= width
        assert shown.run("document.querySelector('h1').getBoundingClientRect().width") > width / 2
        assert len(shown.picture()) > 10_000

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_can_be_read_in_the_light_and_in_the_dark(self, shown: Browser, scheme: str) -> None:
        shown.prefer(scheme)
        ground = shown.run("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, ground[4:-1].split(","))) < 100) is (scheme == "dark")
        shown.run("document.querySelectorAll('details').forEach((e) => { e.open = true })")
        assert shown.run(CONTRAST) == {}

    def test_has_a_name_for_everything_that_can_be_used(self, shown: Browser) -> None:
        nodes = shown.ask("Accessibility.getFullAXTree")["nodes"]
        used = [node for node in nodes if not node["ignored"] and node["role"]["value"] in CONTROLS]
        assert {node["role"]["value"] for node in used} >= {"button", "link", "searchbox", "combobox", "image"}
        assert [node["role"] for node in used if not node.get("name", {}).get("value", "").strip()] == []

    def test_can_be_used_by_keys_alone(self, shown: Browser) -> None:
        shown.run("document.querySelector('#models th button').focus()")
        for kind in ("keyDown", "keyUp"):
            shown.ask(
                "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13
            )
        assert shown.run("document.querySelector('#models th').ariaSort") == "ascending"

    def test_is_whole_on_paper(self, shown: Browser) -> None:
        shown.prefer(media="print")
        assert shown.run("getComputedStyle(document.getElementById('filters')).display") == "none"
        shown.run("dispatchEvent(new Event('beforeprint'))")
        assert shown.run("Array.from(document.querySelectorAll('details')).every((e) => e.open)")

    def test_is_whole_without_scripts(self, chromium: Browser, file: Path) -> None:
        chromium.prefer()
        chromium.ask("Emulation.setScriptExecutionDisabled", value=True)
        try:
            chromium.show(file)
            root = chromium.ask("DOM.getDocument")["root"]["nodeId"]

            def found(selector: str) -> int:
                return len(chromium.ask("DOM.querySelectorAll", nodeId=root, selector=selector)["nodeIds"])

            assert found("#models tbody tr") == found("details") > 250
            assert found("[hidden]") == 1  # the filters, which would do nothing
            assert found("button") == 0
        finally:
            chromium.ask("Emulation.setScriptExecutionDisabled", value=False)


def test_a_page_remembers_no_report_that_it_does_not_have(shown: Browser, file: Path) -> None:
    """A link with words that mean nothing shows all."""
    every = visible(shown)
    shown.show(file, "#cause=nobody&status=&sort=99d&text=")
    assert visible(shown) == every
    assert json.dumps(shown.run("document.querySelector('.filters button').hidden")) == "true"
    stays_quiet(shown, file)


def test_any_page_that_asks_would_be_found_out(chromium: Browser, tmp_path: Path) -> None:
    """The other way round: the checks above do see a request, and what a policy refuses."""
    path = tmp_path / "asks.html"
    path.write_text("<img src='other.png'><script>alert</script>", encoding="utf-8")
    chromium.show(path)
    with pytest.raises(AssertionError):
        stays_quiet(chromium, path)

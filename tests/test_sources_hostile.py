"""Hubs that mean harm: what they may not do, and how long they may take."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.sources import find, find_all
from tests.hub import hostile as wire
from tests.hub.fixtures import ROOT
from tests.hub.hostile import hostile
from tests.hub.server import COMMIT, FakeHub

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG: Final = {"model_type": "llama"}
PATHS: Final = ("{outside}", '"{outside}"', "../../../../outside", "..", "a/b", "a\\b")
CONTENT: Final = wire.CONFIG + b" " * 200
GOOD: Final = wire.answer("200 OK", CONTENT, ETag='"0"', X_Repo_Commit=COMMIT)


def files_under(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


class TestPaths:
    """No header of a hub says where a file goes."""

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("header", ["ETag", "X_Linked_Etag", "X_Repo_Commit", "X_Xet_Hash"])
    def test_nothing_is_written_outside_the_cache(self, hub_home: Path, tmp_path: Path, header: str, path: str) -> None:
        before = files_under(tmp_path)
        outside = path.format(outside=tmp_path / "outside")
        with hostile(wire.config(**{header: outside})) as address:
            [found] = find_all(["huggingface.co/org/name"], endpoint=address)
        if header == "X_Repo_Commit":
            assert isinstance(found, la.ConfigUnavailable)
            assert "bad_mirror" in [answer.kind for answer in found.answers]
        written = files_under(tmp_path) - before
        folder = "home/hf/hub/models--org--name/"
        assert written <= {f"{folder}refs/main", f"{folder}snapshots/{COMMIT}/config.json"}

    @pytest.mark.parametrize("path", PATHS)
    def test_nor_by_one_that_is_not_there(self, hub_home: Path, tmp_path: Path, path: str) -> None:
        before = files_under(tmp_path)
        outside = path.format(outside=tmp_path / "outside")
        reply = wire.answer("404 Not Found", X_Error_Code="EntryNotFound", X_Repo_Commit=outside)
        with hostile(wire.say(reply)) as address, pytest.raises(la.ConfigUnavailable):
            find("huggingface.co/org/name", endpoint=address)
        assert files_under(tmp_path) == before

    @pytest.mark.parametrize("source", ["huggingface.co/org/name", "modelscope.cn/org/name"])
    def test_a_redirect_to_nowhere_is_no_config(self, hub_home: Path, source: str) -> None:
        reply = wire.answer("302 Found", wire.CONFIG, ETag='"0"', X_Repo_Commit=COMMIT)
        with hostile(wire.say(reply)) as address, pytest.raises(la.ConfigUnavailable):
            find(source, endpoint=address)
        with pytest.raises(la.ConfigUnavailable):  # nor is it one the next time
            find(source, offline=True)


SLOW: Final = {
    "hangs": wire.hang,
    "drips headers": wire.drip(GOOD, 0),
    "drips content": wire.drip(GOOD, len(GOOD) - len(CONTENT)),
    "says wait an hour": wire.say(wire.answer("429 Too Many Requests", Retry_After="3600")),
    "says it fails, wait an hour": wire.say(wire.answer("503 Unavailable", Retry_After="3600")),
    "resets": wire.reset,
}


@pytest.mark.parametrize("behave", SLOW.values(), ids=SLOW.keys())
class TestTime:
    """All hubs together have the time that the caller gives them, and each its part of it."""

    BUDGET: Final = 1.0

    def test_then_the_next_source_is_asked(self, hub: FakeHub, behave: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        hub.add("modelscope", "org/name", CONFIG)
        with hostile(behave) as address:
            monkeypatch.setenv("HF_ENDPOINT", address)
            began = time.monotonic()
            found = find("org/name", timeout=6)
        assert found.provenance.source == "modelscope"
        assert time.monotonic() - began < 5
        (said,) = (answer for answer in found.provenance.answers if answer.source == "huggingface")
        assert said.kind in ("timed_out", "rate_limited", "server_error", "unreachable")

    @pytest.mark.parametrize("source", ["huggingface.co/org/name", "modelscope.cn/org/name", "org/name"])
    def test_there_is_an_end(self, hub_home: Path, behave: Any, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with hostile(behave) as address:
            for name in ("HF_ENDPOINT", "MODELSCOPE_ENDPOINT"):
                monkeypatch.setenv(name, address)
            began = time.monotonic()
            with pytest.raises(la.ConfigUnavailable):
                find(source, timeout=self.BUDGET)
        assert time.monotonic() - began < self.BUDGET + 1

    def test_one_that_took_its_time_is_not_asked_again(
        self, hub_home: Path, behave: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with hostile(behave) as address:
            for name in ("HF_ENDPOINT", "MODELSCOPE_ENDPOINT"):
                monkeypatch.setenv(name, address)
            began = time.monotonic()
            results = find_all([f"org/m{n}" for n in range(20)], timeout=self.BUDGET)
        assert all(isinstance(result, la.ConfigUnavailable) for result in results)
        assert time.monotonic() - began < 2 * self.BUDGET + 2


@pytest.mark.parametrize("source", ["huggingface.co/org/name", "modelscope.cn/org/name"])
@pytest.mark.parametrize("behave", [wire.endless_listing, wire.hanging_listing])
def test_a_listing_that_is_none_costs_no_config(hub_home: Path, source: str, behave: Any) -> None:
    with hostile(behave) as address:
        began = time.monotonic()
        found = find(source, endpoint=address, timeout=4)
    assert (found.data, found.sidecars.complete) == (CONFIG, False)
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), True, "5"])
def test_a_timeout_is_a_number_of_seconds(timeout: Any) -> None:
    with pytest.raises(la.AdapterError, match="expected a number of seconds above 0"):
        la.load(CONFIG, timeout=timeout)


class TestCommand:
    """What the user of the command sees of it."""

    @pytest.fixture
    def run(self, hub_home: Path) -> Callable[..., tuple[int, str, float]]:
        def run(*arguments: str, **environment: str) -> tuple[int, str, float]:
            keep = {name: value for name, value in os.environ.items() if name != "MODELSCOPE_LOG_LEVEL"}
            began = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-m", "llmsim_adapters", *arguments],
                env={**keep, "PYTHONPATH": str(ROOT), "MODELSCOPE_DOWNLOAD_MAX_RETRIES": "3", **environment},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            return done.returncode, done.stderr, time.monotonic() - began

        return run

    def test_ends_in_time_whatever_still_runs(self, run: Callable[..., tuple[int, str, float]]) -> None:
        with hostile(wire.hang) as address:
            code, said, seconds = run(
                *("build", "org/name", "--timeout", "1"), HF_ENDPOINT=address, MODELSCOPE_ENDPOINT=address
            )
        assert (code, seconds < 8) == (1, True)
        assert "did not answer in 0.5 seconds" in said
        assert said.count("\n") == 1

    def test_hears_nothing_of_the_clients(self, run: Callable[..., tuple[int, str, float]]) -> None:
        told = '{"Code": 500, "Message": "内部错误"}'.encode()
        reply = wire.answer("503 Service Unavailable", told, Content_Type="application/json")
        with hostile(wire.say(reply)) as address:
            _, said, _ = run(*("build", "org/name", "--timeout", "6"), HF_ENDPOINT=address, MODELSCOPE_ENDPOINT=address)
        assert said.startswith("error: no config.json for 'org/name'")
        assert said.count("\n") == 1
        assert said.isascii()

    @pytest.mark.parametrize("source", ["https://me:hidden@huggingface.co/org/name", "http://me:hidden@example.com/x"])
    def test_is_not_shown_credentials(self, run: Callable[..., tuple[int, str, float]], source: str) -> None:
        code, said, _ = run("build", source)
        assert (code, "hidden" in said) == (2, False)

"""Sources on the hubs, with the real clients, against a real server on this machine that speaks for both."""

from __future__ import annotations

import io
import json
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from llmsim_adapters.errors import ConfigUnavailable, InvalidConfig
from llmsim_adapters.sources import MAX_CONFIG_BYTES, HubSession, RawConfig, find, find_all
from tests.hub.fixtures import NOWHERE
from tests.hub.server import COMMIT, FakeHub

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG = {"model_type": "llama", "hidden_size": 64}
HF_LISTING = f"/api/models/org/name/revision/{COMMIT}"
HF_FILE = "/org/name/resolve/main/config.json"
MS_FILE = "/api/v1/models/org/name/repo"


def failure(source: str = "org/name", **options: Any) -> ConfigUnavailable:
    with pytest.raises(ConfigUnavailable) as caught:
        find(source, **options)
    return caught.value


def said(result: ConfigUnavailable | RawConfig) -> dict[str, str]:
    """Return the kind of each source's answer."""
    answers = result.answers if isinstance(result, ConfigUnavailable) else result.provenance.answers
    return {answer.source: answer.kind for answer in answers}


def message(error: ConfigUnavailable, source: str) -> str:
    return next(answer.message for answer in error.answers if answer.source == source)


def only_config(hub: FakeHub) -> bool:
    """Whether nothing but the config was asked for, and what stands beside it."""
    return bool(hub.requests) and all(request.file == "config.json" or request.is_listing for request in hub.requests)


class TestFound:
    def test_on_hugging_face(self, hub: FakeHub) -> None:
        hub.add("huggingface", "org/name", CONFIG)
        raw = find("org/name")
        assert raw.data == CONFIG
        assert raw.provenance.source == "huggingface"
        assert raw.provenance.location == f"{hub.url}/org/name/blob/{COMMIT}/config.json"
        assert (raw.provenance.repo_id, raw.provenance.revision) == ("org/name", COMMIT)
        assert said(raw) == {
            "huggingface_cache": "not_cached",
            "bundled": "not_bundled",
            "modelscope_cache": "not_cached",
        }
        assert hub.asked() == [f"HEAD {HF_FILE}", f"GET {HF_FILE}", f"GET {HF_LISTING}"]

    def test_on_modelscope(self, hub: FakeHub) -> None:
        hub.add("modelscope", "org/name", CONFIG)
        raw = find("org/name")
        assert raw.data == CONFIG
        assert raw.provenance.source == "modelscope"
        assert raw.provenance.location == f"{hub.url}/models/org/name/file/view/master/config.json"
        assert said(raw)["huggingface"] == "not_found"
        assert hub.asked() == [f"HEAD {HF_FILE}", f"GET {MS_FILE}", f"GET {MS_FILE}/files"]
        assert hub.requests[1].query == {"Revision": "master", "FilePath": "config.json"}
        assert only_config(hub)

    @pytest.mark.parametrize("on", ["huggingface", "modelscope"])
    def test_is_in_the_cache_the_next_time(self, hub: FakeHub, on: str) -> None:
        hub.add(on, "org/name", CONFIG)
        find("org/name")
        hub.requests.clear()
        assert find("org/name").provenance.source == f"{on}_cache"
        assert hub.requests == []

    @pytest.mark.parametrize(
        ("source", "on", "silent"),
        [
            ("https://huggingface.co/org/name", "huggingface", "modelscope"),
            ("modelscope.cn/org/name", "modelscope", "huggingface"),
        ],
    )
    def test_on_the_only_hub_named(self, hub: FakeHub, source: str, on: str, silent: str) -> None:
        hub.add(silent, "org/name", CONFIG)
        assert said(failure(source))[silent] == "skipped"
        assert hub.asked(silent) == []
        hub.add(on, "org/name", CONFIG)
        assert find(source).provenance.source == on

    def test_modelscope_skips_bundled_copies_of_hugging_face(self, hub: FakeHub) -> None:
        hub.add("modelscope", "Qwen/Qwen3-8B", CONFIG)
        assert find("modelscope.cn/Qwen/Qwen3-8B").data == CONFIG

    @pytest.mark.parametrize("on", ["huggingface", "modelscope"])
    def test_at_a_revision(self, hub: FakeHub, on: str) -> None:
        hub.add(on, "Qwen/Qwen3-8B", CONFIG, revisions=("v1",))
        raw = find("Qwen/Qwen3-8B", revision="v1")
        assert raw.provenance.source == on
        assert said(raw)["bundled"] == "skipped"
        assert only_config(hub)

    def test_under_another_id_on_modelscope(self, hub: FakeHub) -> None:
        hub.add("modelscope", "LLM-Research/X", CONFIG)
        raw = find("meta/X", modelscope_id="LLM-Research/X")
        assert raw.provenance.repo_id == "LLM-Research/X"
        assert "HEAD /meta/X/resolve/main/config.json" in hub.asked("huggingface")


class TestEndpoint:
    @pytest.mark.parametrize(("source", "on"), [("org/name", "huggingface"), ("modelscope.cn/org/name", "modelscope")])
    def test_argument_is_a_mirror_of_the_hub_meant(self, hub: FakeHub, source: str, on: str) -> None:
        with FakeHub() as mirror:
            mirror.add(on, "org/name", CONFIG)
            raw = find(source, endpoint=mirror.url + "/")
        assert raw.provenance.source == on
        assert raw.provenance.location.startswith(mirror.url + "/")
        assert hub.requests == []

    def test_shows_no_password(self, hub: FakeHub) -> None:
        hub.add("huggingface", "org/name", fault="server_error")
        error = failure(endpoint=hub.url.replace("//", "//user:hidden@"))
        assert said(error)["huggingface"] == "server_error"
        assert "hidden" not in str(error)

    @pytest.mark.parametrize("secret", ["hidden/as/well", "hidden@as@well", "hidden:well", "hidden well"])
    @pytest.mark.parametrize("source", ["huggingface.co/org/name", "modelscope.cn/org/name"])
    @pytest.mark.parametrize("by", ["argument", "variable"])
    def test_shows_no_password_that_no_address_can_have(
        self, hub_home: Path, monkeypatch: pytest.MonkeyPatch, source: str, secret: str, by: str
    ) -> None:
        address = f"http://user:{secret}@127.0.0.1:9?token=hidden"
        for name in ("HF_ENDPOINT", "MODELSCOPE_ENDPOINT"):
            monkeypatch.setenv(name, address if by == "variable" else "http://127.0.0.1:9")
        error = failure(source, endpoint=address if by == "argument" else None)
        assert "hidden" not in str(error)
        assert "well" not in str(error)

    @pytest.mark.parametrize("endpoint", ["http://[", "http://", "ftp://x", "http://127.0.0.1:99999", "no host"])
    @pytest.mark.parametrize("source", ["org/name", "modelscope.cn/org/name"])
    def test_that_is_none_is_an_answer(self, hub: FakeHub, source: str, endpoint: str) -> None:
        error = failure(source, endpoint=endpoint)
        on = "modelscope" if "modelscope" in source else "huggingface"
        assert said(error)[on] in ("error", "unreachable")


HUGGINGFACE_ANSWERS = [
    ("gated", "gated", ["https://huggingface.co/org/name", "HF_TOKEN", "ModelScope", "local config.json"]),
    ("gated_anonymous", "gated", ["https://huggingface.co/org/name", "HF_TOKEN"]),
    ("no_repo", "not_found", ["is not on", "private", "spelling"]),
    ("private_or_missing", "not_found", ["is not on", "private or gated", "HF_TOKEN"]),
    ("bare_404", "not_found", ["is not on"]),
    ("bad_token", "unauthorised", ["rejects the token", "HF_TOKEN"]),
    ("forbidden", "unauthorised", ["doesn't allow", "Your token is too narrow"]),
    ("disabled", "disabled", ["was disabled"]),
    ("no_revision", "revision_not_found", ["no revision 'main'"]),
    ("no_file", "file_not_found", ["no config.json", "GGUF"]),
    ("bad_request", "error", ["HTTP 400"]),
    ("rate_limited", "rate_limited", ["too many requests", "wait"]),
    ("server_error", "server_error", ["HTTP 503", "try again later"]),
    ("drop", "unreachable", ["can't be reached", "proxy", "HF_ENDPOINT", "HF_HUB_OFFLINE"]),
    ("hostile", "unauthorised", ["x1b[31mred"]),
]
MODELSCOPE_ANSWERS = [
    ("no_repo", "not_found", ["is not on", "private", "MODELSCOPE_API_TOKEN"]),
    ("no_revision", "revision_not_found", ["no revision 'master'"]),
    ("no_file", "file_not_found", ["no config.json"]),
    ("bad_token", "unauthorised", ["MODELSCOPE_API_TOKEN"]),
    ("gated", "gated", ["https://modelscope.cn/models/org/name"]),
    ("bad_request", "error", ["bad request"]),
    ("rate_limited", "rate_limited", ["too many requests"]),
    ("server_error", "server_error", ["HTTP 500"]),
    ("drop", "unreachable", ["can't be reached", "MODELSCOPE_ENDPOINT"]),
    ("hostile", "gated", ["x1b[31mred", "u202e"]),
]


class TestRefused:
    @pytest.mark.parametrize(("fault", "kind", "words"), HUGGINGFACE_ANSWERS)
    def test_by_hugging_face(self, hub: FakeHub, fault: str, kind: str, words: list[str]) -> None:
        hub.add("huggingface", "org/name", fault=fault)
        error = failure("huggingface.co/org/name")
        assert said(error)["huggingface"] == kind
        assert [word for word in words if word not in message(error, "huggingface")] == []
        what_else = ["GET /api/models/org/name"] if kind == "file_not_found" else []
        assert hub.asked() == [f"HEAD {HF_FILE}", *what_else]  # told at once, not tried seven times

    @pytest.mark.parametrize(("fault", "kind", "words"), MODELSCOPE_ANSWERS)
    def test_by_modelscope(self, hub: FakeHub, fault: str, kind: str, words: list[str]) -> None:
        hub.add("modelscope", "org/name", fault=fault)
        error = failure("modelscope.cn/org/name")
        assert said(error)["modelscope"] == kind
        assert [word for word in words if word not in message(error, "modelscope")] == []
        what_else = [f"GET {MS_FILE}/files"] if kind in ("file_not_found", "not_found") else []
        assert hub.asked() == [f"GET {MS_FILE}", *what_else]

    @pytest.mark.parametrize("fault", ["gated", "server_error", "drop", "no_file"])
    def test_by_one_hub_asks_the_other(self, hub: FakeHub, fault: str) -> None:
        hub.add("huggingface", "org/name", fault=fault)
        hub.add("modelscope", "org/name", CONFIG)
        assert find("org/name").provenance.source == "modelscope"

    def test_by_all_says_what_each_answered(self, hub: FakeHub) -> None:
        hub.add("huggingface", "org/name", fault="gated")
        error = failure()
        assert said(error) == {
            "huggingface_cache": "not_cached",
            "bundled": "not_bundled",
            "modelscope_cache": "not_cached",
            "huggingface": "gated",
            "modelscope": "not_found",
        }
        assert type(error) is ConfigUnavailable
        assert len(str(error).splitlines()) == 6

    @pytest.mark.parametrize("missing", ["ETag", "X-Repo-Commit"])
    @pytest.mark.parametrize("first", [True, False], ids=["first request", "later request"])
    def test_by_a_mirror_without_the_headers_of_a_hub(self, hub: FakeHub, missing: str, first: bool) -> None:
        session = HubSession()
        if not first:
            hub.add("huggingface", "org/other", CONFIG)
            find("org/other", session=session)
        hub.add("huggingface", "org/name", CONFIG, headers={missing: None})
        error = failure(session=session)
        assert said(error)["huggingface"] == "bad_mirror"
        assert "ETag, X-Repo-Commit" in message(error, "huggingface")

    @pytest.mark.parametrize("source", ["huggingface.co/org/name", "modelscope.cn/org/name"])
    def test_by_nobody_there(self, hub_home: Path, source: str) -> None:
        with socket.socket() as closed:  # bound and not listening: refuses every connection
            closed.bind(("127.0.0.1", 0))
            error = failure(source, endpoint=f"http://127.0.0.1:{closed.getsockname()[1]}")
        assert error.answers[-1].kind == "unreachable" or error.answers[-2].kind == "unreachable"
        assert "refused" in str(error)

    @pytest.mark.parametrize(
        ("on", "variable", "token"),
        [
            ("huggingface", "HF_TOKEN", "hf_secret_token"),
            ("modelscope", "MODELSCOPE_API_TOKEN", "ms_secret_token"),
        ],
    )
    def test_never_shows_the_token(
        self, hub: FakeHub, monkeypatch: pytest.MonkeyPatch, on: str, variable: str, token: str
    ) -> None:
        monkeypatch.setenv(variable, token)
        hub.add(on, "org/name", fault="tells_token")
        error = failure()
        assert any(token in value for request in hub.requests for value in request.headers.values())
        assert "no: ***" in message(error, on)
        assert token not in str(error)
        assert "hidden" not in str(error)

    def test_with_a_token_says_so(self, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HF_TOKEN", "hf_secret_token")
        hub.add("huggingface", "org/name", fault="gated")
        assert "the token in use has no access" in message(failure(), "huggingface")


UNUSABLE = {"not_json": b"<html>", "not_an_object": b"[]", "duplicate_key": b'{"a": 1, "a": 2}'}
TOO_LARGE = b'{"a": "' + b"x" * (MAX_CONFIG_BYTES + 1) + b'"}'


class TestUnusable:
    @pytest.mark.parametrize(("kind", "content"), UNUSABLE.items())
    def test_on_one_hub_asks_the_other(self, hub: FakeHub, kind: str, content: bytes) -> None:
        hub.add("huggingface", "org/name", content=content)
        hub.add("modelscope", "org/name", CONFIG)
        raw = find("org/name")
        assert raw.provenance.source == "modelscope"
        assert said(raw)["huggingface"] == kind

    @pytest.mark.parametrize("on", ["huggingface", "modelscope"])
    def test_alone_is_an_invalid_config(self, hub: FakeHub, on: str) -> None:
        hub.add(on, "org/name", content=b"{")
        error = failure()
        assert isinstance(error, InvalidConfig)
        assert said(error)[on] == "not_json"

    @pytest.mark.parametrize("first", [True, False], ids=["first request", "later request"])
    @pytest.mark.parametrize("on", ["huggingface", "modelscope"])
    def test_too_large_is_not_taken_in(self, hub: FakeHub, hub_home: Path, on: str, first: bool) -> None:
        session = HubSession()
        if not first:
            hub.add(on, "org/other", CONFIG)
            find("org/other", session=session)
        hub.add(on, "org/name", content=TOO_LARGE)
        error = failure(session=session)
        assert isinstance(error, InvalidConfig)
        assert said(error)[on] == "too_large"
        assert all(file.stat().st_size <= MAX_CONFIG_BYTES for file in hub_home.rglob("*"))

    @pytest.mark.parametrize(
        ("on", "cache"),
        [
            ("huggingface", f"hf/hub/models--org--name/snapshots/{COMMIT}/config.json"),
            ("modelscope", "modelscope/models/org--name/snapshots/master/config.json"),
        ],
    )
    def test_in_the_cache_is_replaced_from_the_hub(self, hub: FakeHub, hub_home: Path, on: str, cache: str) -> None:
        hub.add(on, "org/name", CONFIG)
        find("org/name")
        (hub_home / cache).write_bytes(b"{")
        raw = find("org/name")
        assert (raw.provenance.source, raw.data) == (on, CONFIG)
        assert said(raw)[f"{on}_cache"] == "not_json"
        assert find("org/name").provenance.source == f"{on}_cache"

    def test_older_copy_of_modelscope_does_not_stand_for_a_revision(self, hub: FakeHub, hub_home: Path) -> None:
        old = hub_home / "modelscope/hub/models/org/name/config.json"
        old.parent.mkdir(parents=True)
        old.write_text('{"old": true}')
        hub.add("modelscope", "org/name", CONFIG, revisions=("v1",))
        assert find("modelscope.cn/org/name").data == {"old": True}
        assert find("modelscope.cn/org/name", revision="v1").data == CONFIG
        assert json.loads(old.read_text()) == {"old": True}


class TestOffline:
    @pytest.mark.parametrize("source", ["org/name", "modelscope.cn/org/name", "huggingface.co/org/name"])
    @pytest.mark.parametrize("how", ["argument", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
    def test_asks_no_hub(self, hub: FakeHub, monkeypatch: pytest.MonkeyPatch, how: str, source: str) -> None:
        for name in ("huggingface", "modelscope"):
            hub.add(name, "org/name", CONFIG)
        if how != "argument":
            monkeypatch.setenv(how, "1")
        offline = how == "argument"
        error = failure(source, offline=offline)
        [result] = find_all([source], offline=offline)
        assert isinstance(result, ConfigUnavailable)
        for found in (error, result):
            assert "offline" in said(found).values()
            assert ("offline was asked for" if how == "argument" else f"{how}=1") in str(found)
        assert hub.requests == []

    def test_hugging_face_s_own_variable_overrules(self, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setenv("TRANSFORMERS_OFFLINE", "1")
        hub.add("huggingface", "org/name", CONFIG)
        assert find("org/name").provenance.source == "huggingface"

    def test_in_a_process_of_its_own_reads_the_cache(self, hub: FakeHub, run_python: Callable[..., str]) -> None:
        hub.add("huggingface", "org/name", CONFIG)
        find("org/name")
        hub.requests.clear()
        code = """
from llmsim_adapters.errors import ConfigUnavailable
from llmsim_adapters.sources import find
print(find("org/name").provenance.source)
try:
    find("org/other")
except ConfigUnavailable as error:
    print([answer.kind for answer in error.answers][-2:])
"""
        printed = run_python(code, HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY=None)
        assert printed.split("\n")[:2] == ["huggingface_cache", "['offline', 'offline']"]
        assert hub.requests == []


class TestSession:
    @pytest.mark.parametrize("fault", ["drop", "rate_limited"])
    def test_does_not_ask_again_where_nobody_answers(self, hub: FakeHub, fault: str) -> None:
        session = HubSession()
        for name in ("org/a", "org/b"):
            hub.add("huggingface", name, fault=fault)
            hub.add("modelscope", name, fault=fault)
        first, second = failure("org/a", session=session), failure("org/b", session=session)
        assert len(hub.requests) == 2
        assert said(first)["huggingface"] == said(second)["huggingface"]
        for source in ("huggingface", "modelscope"):
            assert "not asked again" not in message(first, source)
            assert "not asked again in this run" in message(second, source)

    def test_forgets_with_the_run(self, hub: FakeHub) -> None:
        hub.add("huggingface", "org/name", fault="drop")
        failure()
        hub.add("huggingface", "org/name", CONFIG)
        assert find("org/name").data == CONFIG

    def test_keeps_asking_a_hub_that_answers(self, hub: FakeHub) -> None:
        session = HubSession()
        for fault in ("server_error", "gated", "no_repo", "no_file", "gated"):
            hub.add("huggingface", "org/name", fault=fault)
            failure("huggingface.co/org/name", session=session)
        hub.add("huggingface", "org/name", CONFIG)
        assert find("org/name", session=session).provenance.source == "huggingface"

    def test_one_dead_mirror_is_not_the_other(self, hub: FakeHub) -> None:
        session = HubSession()
        failure(session=session, endpoint=NOWHERE)
        hub.add("huggingface", "org/name", CONFIG)
        assert find("org/name", session=session).provenance.source == "huggingface"

    def test_sends_the_first_request_alone(self) -> None:
        session, running, crowds = HubSession(), [], []

        def request(first: bool) -> bool:
            running.append(first)
            crowds.append((first, len(running)))
            threading.Event().wait(0.001)  # gives other threads the chance to break the rule
            running.pop()
            return first

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: session.ask("hub", request), range(32)))
        assert answers.count(True) == 1
        assert crowds[0] == (True, 1)


class TestMany:
    def test_a_dead_hub_is_asked_once_by_all_workers_together(self, hub: FakeHub) -> None:
        names = [f"org/m{i}" for i in range(12)]
        for name in names:
            hub.add("huggingface", name, fault="drop")
            hub.add("modelscope", name, fault="drop")
        results = find_all(names)
        assert all(isinstance(result, ConfigUnavailable) for result in results)
        assert len(hub.asked("huggingface")) == len(hub.asked("modelscope")) == 1

    def test_in_order_bounded_and_side_by_side(self, hub: FakeHub) -> None:
        names = [f"org/m{i}" for i in range(9)]
        for i, name in enumerate(names):
            hub.add("huggingface", name, {"n": i}, delay=0.05 if i else 0)
        done: list[int] = []
        results = find_all(["Qwen/Qwen3-8B", *names, {"given": 1}], max_workers=3, progress=done.append)
        assert [r.data.get("n") for r in results if isinstance(r, RawConfig)] == [None, *range(9), None]
        assert done == list(range(1, 12))
        assert 1 < hub.largest_crowd <= 3
        assert len(hub.requests) == 3 * 9  # HEAD, GET and the listing
        assert only_config(hub)

    def test_with_ids_of_their_own_on_modelscope(self, hub: FakeHub) -> None:
        hub.add("modelscope", "LLM-Research/X", CONFIG)
        [found, missing] = find_all([("meta/X", "LLM-Research/X"), ("meta/Y", None)])
        assert isinstance(found, RawConfig)
        assert found.provenance.repo_id == "LLM-Research/X"
        assert said(missing)["modelscope"] == "not_found"

    def test_through_a_mirror(self, hub: FakeHub) -> None:
        with FakeHub() as mirror:
            mirror.add("huggingface", "org/name", CONFIG)
            [result] = find_all(["org/name"], endpoint=mirror.url)
        assert isinstance(result, RawConfig)
        assert hub.requests == []


class TestClients:
    """What the clients do by themselves, in a process where no test has set anything for them."""

    FRESH: dict[str, str | None] = dict.fromkeys(
        ["HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_XET", "MODELSCOPE_DOWNLOAD_MAX_RETRIES"], None
    )

    def test_ask_for_nothing_but_the_file_and_leave_no_trace(
        self, hub: FakeHub, run_python: Callable[..., str]
    ) -> None:
        hub.add("huggingface", "org/a", CONFIG)
        hub.add("modelscope", "org/b", CONFIG)
        code = """
import os
before = dict(os.environ)
from llmsim_adapters.sources import find
print(find("org/a").provenance.source, find("org/b").provenance.source)
assert dict(os.environ) == before
import modelscope_hub._download, tqdm.auto
assert modelscope_hub._download.tqdm is tqdm.auto.tqdm
"""
        assert run_python(code, **self.FRESH).split() == ["huggingface", "modelscope"]  # and no progress bar
        assert only_config(hub)

    def test_keep_what_the_user_set(self, hub: FakeHub, run_python: Callable[..., str]) -> None:
        hub.add("huggingface", "org/a", CONFIG)
        code = """
from llmsim_adapters.sources import find
find("org/a")
import huggingface_hub.constants
print(huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY)
"""
        assert run_python(code, **{**self.FRESH, "HF_HUB_DISABLE_TELEMETRY": "0"}).split() == ["False"]

    def test_give_up_soon_on_a_hub_that_is_slow_or_gone(self, hub: FakeHub, run_python: Callable[..., str]) -> None:
        hub.add("huggingface", "org/name", CONFIG, delay=5)
        code = """
import time
from llmsim_adapters.errors import ConfigUnavailable
from llmsim_adapters.sources import find
began = time.monotonic()
try:
    find("org/name")
except ConfigUnavailable as error:
    print([answer.kind for answer in error.answers][-2:], time.monotonic() - began < 15)
"""
        settings = {**self.FRESH, "HF_HUB_ETAG_TIMEOUT": "1", "MODELSCOPE_ENDPOINT": NOWHERE}
        assert run_python(code, **settings).strip() == "['unreachable', 'unreachable'] True"


def test_downloads_of_others_are_left_alone_meanwhile() -> None:
    client: Any = pytest.importorskip("modelscope_hub._download")
    from llmsim_adapters.sources.modelscope import _only_the_file

    def large_download() -> float:
        with client.tqdm(total=2 * MAX_CONFIG_BYTES, file=io.StringIO()) as bar:
            bar.update(2 * MAX_CONFIG_BYTES)
            return float(bar.n)

    with _only_the_file(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(large_download).result() == 2 * MAX_CONFIG_BYTES


def _errors() -> dict[str, tuple[Exception, str]]:
    """The errors of the real client after its own retries, each with what it means."""
    from huggingface_hub import errors

    try:
        import httpx2 as http  # huggingface_hub 2.x
    except ImportError:
        import httpx as http  # type: ignore[import-not-found, no-redef, unused-ignore]

    def wrapped(cause: Exception) -> Exception:
        error = errors.LocalEntryNotFoundError("check your connection")
        error.__cause__ = cause
        return error

    def status(code: int) -> Exception:
        response = http.Response(code, request=http.Request("HEAD", "http://hub/org/name"))
        return errors.HfHubHTTPError("failed", response=response)  # type: ignore[arg-type, unused-ignore]

    forced = ValueError("Force download failed due to the above error.")
    forced.__cause__ = http.ConnectError("refused")
    return {
        "refused": (wrapped(http.ConnectError("refused")), "unreachable"),
        "slow answer": (http.ReadTimeout("slow"), "unreachable"),
        "proxy": (http.ProxyError("proxy"), "unreachable"),
        "refused while forced": (forced, "unreachable"),
        "503": (wrapped(status(503)), "server_error"),
        "429": (wrapped(status(429)), "rate_limited"),
        "403": (wrapped(status(403)), "unauthorised"),
        "no ETag": (wrapped(errors.FileMetadataError("no ETag")), "bad_mirror"),
        "offline": (wrapped(errors.OfflineModeIsEnabled("offline")), "offline"),
        "bad id": (errors.HFValidationError("bad"), "invalid_id"),
        "no reason": (errors.LocalEntryNotFoundError("?"), "error"),
        "disk full": (OSError(28, "No space left on device"), "error"),
        "anything": (RuntimeError("?"), "error"),
    }


@pytest.mark.parametrize(("error", "kind"), _errors().values(), ids=_errors().keys())
def test_what_an_error_of_hugging_face_means(error: Exception, kind: str) -> None:
    from llmsim_adapters.sources.huggingface_errors import explain

    refusal = explain(error, "org/name", None, "https://huggingface.co", None)
    assert refusal.kind == kind
    assert refusal.hub == {"unreachable": "down", "rate_limited": "down", "server_error": "shaky"}.get(kind, "up")


def test_no_test_reaches_a_real_hub(hub_home: Path) -> None:
    assert os.environ["HF_ENDPOINT"] == os.environ["MODELSCOPE_ENDPOINT"] == NOWHERE
    assert said(failure())["huggingface"] == "unreachable"

"""Sources on this machine: mappings, paths, caches, bundled configs; and what a source may look like."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.errors import ConfigUnavailable, InvalidConfig
from llmsim_adapters.sources import (
    MAX_CONFIG_BYTES,
    Answer,
    HubSession,
    bundled_dir,
    bundled_ids,
    find,
    find_all,
)
from llmsim_adapters.sources.reading import MAX_CONFIG_DEPTH, MAX_CONFIG_VALUES
from tests.hub.fixtures import ROOT
from tests.hub.server import COMMIT, FakeHub

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("hub_home")

CONFIG = {"model_type": "llama", "hidden_size": 64}


def refused(source: Any, error: type[ConfigUnavailable] = ConfigUnavailable, **options: Any) -> list[Answer]:
    """Return the answers with which `find` fails; by default the hubs are left alone."""
    with pytest.raises(error) as caught:
        find(source, **{"offline": True, **options})
    assert type(caught.value) is error
    return list(caught.value.answers)


def kinds(answers: list[Answer] | tuple[Answer, ...]) -> dict[str, str]:
    return {answer.source: answer.kind for answer in answers}


def write(path: Path, content: bytes | str | dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def cache_huggingface(home: Path, repo_id: str, content: bytes | str | dict[str, Any], ref: str = "main") -> Path:
    """Put a config where huggingface_hub keeps it."""
    folder = home / "hf" / "hub" / ("models--" + repo_id.replace("/", "--"))
    write(folder / "refs" / ref, COMMIT)
    return write(folder / "snapshots" / COMMIT / "config.json", content)


class TestMapping:
    def test_is_itself_in_a_dict_of_its_own(self) -> None:
        given = {"model_type": "llama"}
        raw = find(given)
        assert raw.data == given
        assert raw.data is not given
        assert raw.provenance.source == "dict"
        assert raw.provenance.answers == ()

    def test_of_any_kind(self) -> None:
        assert find(MappingProxyType(CONFIG)).data == CONFIG

    def test_with_a_key_that_is_no_string(self) -> None:
        [answer] = refused({"a": 1, 7: 2}, InvalidConfig)
        assert "7 is int" in answer.message


class TestPath:
    @pytest.mark.parametrize("form", [str, Path], ids=["text", "Path"])
    @pytest.mark.parametrize("name", ["config.json", ""], ids=["file", "folder"])
    def test_of_the_file_or_its_folder(self, tmp_path: Path, form: Any, name: str) -> None:
        write(tmp_path / "config.json", CONFIG)
        raw = find(form(tmp_path / name))
        assert raw.data == CONFIG
        assert (raw.provenance.source, raw.provenance.location) == ("path", str(tmp_path / "config.json"))

    @pytest.mark.parametrize("source", ["./here", "../work/here", "here", "here/", "org/here", "~/here", "my.json"])
    def test_by_the_looks_of_it(
        self, tmp_path: Path, hub_home: Path, monkeypatch: pytest.MonkeyPatch, source: str
    ) -> None:
        for folder in (tmp_path / "work/here", tmp_path / "work/org/here", hub_home / "here"):
            write(folder / "config.json", CONFIG)
        write(tmp_path / "work/my.json", CONFIG)
        monkeypatch.chdir(tmp_path / "work")
        assert find(source).provenance.source == "path"

    @pytest.mark.parametrize(
        "source",
        ["/no/such", "./no", "../no", "~/no", "no/config.json", "no\\such", "C:/models/x", Path("no/such")],
    )
    def test_that_is_missing_asks_no_hub(self, hub: FakeHub, source: str | Path) -> None:
        [answer] = refused(source, offline=False)
        assert (answer.source, answer.kind) == ("path", "not_found")
        assert "doesn't exist" in answer.message
        assert hub.requests == []

    def test_of_a_folder_without_a_config_names_the_way_to_the_hub(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "org/name").mkdir(parents=True)
        monkeypatch.chdir(tmp_path)
        [answer] = refused("org/name")
        assert answer.kind == "not_found"
        assert "huggingface.co/org/name" in answer.message

    def test_of_a_pipe_does_not_wait(self, tmp_path: Path) -> None:
        if not hasattr(os, "mkfifo"):
            pytest.skip("no pipes here")
        os.mkfifo(tmp_path / "config.json")
        [answer] = refused(tmp_path)
        assert answer.kind == "unreadable"

    @pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc here")
    def test_of_a_file_that_tells_no_size_is_read_nonetheless(self) -> None:
        [answer] = refused("/proc/self/status", InvalidConfig)
        assert answer.kind == "not_json"
        assert "line 1 column 1" in answer.message

    def test_with_a_nul(self) -> None:
        [answer] = refused(Path("a\0b"))
        assert answer.source == "path"

    def test_through_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "link.json").symlink_to(write(tmp_path / "blob", CONFIG))
        assert find(tmp_path / "link.json").data == CONFIG

    def test_through_a_broken_link(self, tmp_path: Path) -> None:
        (tmp_path / "link.json").symlink_to(tmp_path / "gone")
        [answer] = refused(tmp_path / "link.json")
        assert answer.kind == "unreadable"

    def test_wrong_type_of_source(self) -> None:
        with pytest.raises(TypeError, match="not int"):
            find(7)  # type: ignore[arg-type]


NESTED = b'{"a":' * 5
UNUSABLE: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "not_json", "line 1"),
    "not JSON": (b"{'a': 1}", "not_json", "line 1 column 2"),
    "cut off": (b'{"a": [1,', "not_json", "is not JSON"),
    "two values": (b"{} {}", "not_json", "Extra data"),
    "HTML": (b"<!doctype html>", "not_json", "is not JSON"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "not_json", "not UTF-8 at byte 0"),
    "Latin-1": (b'{"a": "\xe9"}', "not_json", "not UTF-8 at byte 7"),
    "array": (b"[1, 2]", "not_an_object", "an array"),
    "string": (b'"text"', "not_an_object", "a string"),
    "number": (b"7", "not_an_object", "a number"),
    "null": (b"null", "not_an_object", "null"),
    "key twice": (b'{"hidden_size": 1, "hidden_size": 2}', "duplicate_key", "'hidden_size'"),
    "nested key twice": (b'{"a": [{"b": {"c": 1, "d": 2, "c": 1}}]}', "duplicate_key", "'c'"),
    "hostile key twice": (b'{"\\u001b[2J": 1, "\\u001b[2J": 2}', "duplicate_key", "x1b[2J"),
    "too deep": (b'{"a":' * 200 + b"1" + b"}" * 200, "too_deep", str(MAX_CONFIG_DEPTH)),
    "arrays too deep": (b'{"a":' + b"[" * 200 + b"]" * 200 + b"}", "too_deep", str(MAX_CONFIG_DEPTH)),
    "absurdly deep": (b"[" * 200_000, "too_deep", str(MAX_CONFIG_DEPTH)),
    "endless digits": (b'{"a": ' + b"9" * 10_000 + b"}", "not_json", "an integer of more than 4,300 digits"),
    "too many": (b'{"a": [' + b"0," * MAX_CONFIG_VALUES + b"0]}", "too_large", f"{MAX_CONFIG_VALUES:,} values"),
    "too large": (b'{"a": "' + b"x" * MAX_CONFIG_BYTES + b'"}', "too_large", f"{MAX_CONFIG_BYTES:,}"),
}


class TestFile:
    @pytest.mark.parametrize(("content", "kind", "words"), UNUSABLE.values(), ids=UNUSABLE.keys())
    def test_unusable(self, tmp_path: Path, content: bytes, kind: str, words: str) -> None:
        path = write(tmp_path / "config.json", content)
        [answer] = refused(path, InvalidConfig)
        assert (answer.source, answer.kind) == ("path", kind)
        assert words in answer.message
        assert str(path) in answer.message
        assert answer.message.isprintable()

    @pytest.mark.parametrize(
        ("content", "value"),
        [
            (b"\xef\xbb\xbf" + b'{"a": 1}', 1),
            (b'{"a": Infinity}', float("inf")),
            (b'{"a": -Infinity}', float("-inf")),
            (b'{"a": "\\ud83d\\ude00"}', "\U0001f600"),
            (b'{"a": [{"b": 1}, {"b": 1}]}', [{"b": 1}, {"b": 1}]),
            (b'{"a": ' + b"[" * 60 + b"]" * 60 + b"}", None),
            (b'{"a": [' + b"{}," * 500 + b"{}]}", None),
        ],
        ids=["BOM", "Infinity", "-Infinity", "escapes", "same key in two objects", "deep", "wide"],
    )
    def test_usable(self, tmp_path: Path, content: bytes, value: object) -> None:
        read = find(write(tmp_path / "config.json", content)).data
        assert value is None or read == {"a": value}

    def test_nan(self, tmp_path: Path) -> None:
        value = find(write(tmp_path / "config.json", b'{"a": NaN}')).data["a"]
        assert value != value


class TestId:
    @pytest.mark.parametrize(
        "source",
        [
            "",
            "a/b/c",
            "org/",
            "/".join(["o" * 97, "n"]),
            "org/" + "n" * 97,
            "org/-name",
            "org/name.",
            ".org/name",
            "org/na--me",
            "org/na..me",
            "org/../name",
            "org/name.git",
            "org/name\n",
            "org/na\x1bme",
            "or g/name",
            "org/nämé",
            "org/name@main",
            "org/name?x=1",
            "org%2fname",
            "https://example.com/org/name",
            "hf://org/name",
            "https://huggingface.co",
            "huggingface.co",
            "huggingface.co/",
            "huggingface.co/datasets/org/name",
            "huggingface.co/org/../name",
            "huggingface.co/org/name/blob/main/model.safetensors",
            "huggingface.co/org/name/tree/..",
            "https://modelscope.cn/models/",
        ],
    )
    def test_malformed_asks_nobody(self, hub: FakeHub, source: str) -> None:
        [answer] = refused(source, offline=False)
        assert (answer.source, answer.kind) == ("id", "invalid_id")
        assert answer.message.isprintable()
        assert hub.requests == []

    @pytest.mark.parametrize("revision", ["", "a b", "../x", "a//b", "-x", "x..y", "a\x1b", "x/", "@{1}", "a~1"])
    def test_malformed_revision_asks_nobody(self, hub: FakeHub, revision: str) -> None:
        [answer] = refused("org/name", revision=revision, offline=False)
        assert answer.kind == "invalid_id"
        assert "revision" in answer.message
        assert hub.requests == []

    def test_two_revisions(self) -> None:
        [answer] = refused("huggingface.co/org/name/tree/v1", revision="v2")
        assert "'v1'" in answer.message
        assert "'v2'" in answer.message

    @pytest.mark.parametrize("source", ["org/name", "org/name/", "Org_1/na.me-2", "gpt2"])
    def test_well_formed(self, source: str) -> None:
        answers = refused(source)
        assert kinds(answers)["huggingface_cache"] == "not_cached"
        assert [a.source for a in answers] == [
            "huggingface_cache",
            "bundled",
            "modelscope_cache",
            "huggingface",
            "modelscope",
        ]

    def test_without_an_organisation_is_none_of_modelscopes(self) -> None:
        said = kinds(refused("gpt2"))
        assert (said["modelscope_cache"], said["modelscope"]) == ("skipped", "skipped")

    @pytest.mark.parametrize(
        ("source", "revision"),
        [
            ("huggingface.co/org/name", None),
            ("HuggingFace.co/org/name/", None),
            ("www.huggingface.co/org/name", None),
            ("https://huggingface.co/org/name", None),
            ("https://hf.co/org/name//", None),
            ("http://www.huggingface.co/org/name?library=x#y", None),
            ("https://huggingface.co/org/name/tree/v1.0", "v1.0"),
            ("https://huggingface.co/org/name/tree/v1.0/", "v1.0"),
            ("https://huggingface.co/org/name/blob/v1.0/config.json", "v1.0"),
            ("https://huggingface.co/org/name/resolve/v1.0/config.json?download=true", "v1.0"),
            ("https://huggingface.co/org/name/raw/refs%2Fpr%2F7/config.json", "refs/pr/7"),
            ("https://huggingface.co/org/name/tree/refs/pr/7", "refs/pr/7"),
            ("https://huggingface.co/org/name/commits/v1.0", "v1.0"),
            ("https://huggingface.co/org/name/edit/v1.0/config.json", "v1.0"),
            ("https://huggingface.co/org/name/blame/main/config.json", None),
            ("https://huggingface.co/org/name/commit/0123abc", "0123abc"),
            ("https://huggingface.co/org/name/discussions/3", None),
            ("https://huggingface.co/api/models/org/name", None),
            ("https://huggingface.co/api/models/org/name/tree/v1.0", "v1.0"),
            ("  https://huggingface.co/org/name/blob/v1.0/config.json ", "v1.0"),
        ],
    )
    def test_address_on_hugging_face(self, hub_home: Path, source: str, revision: str | None) -> None:
        cache_huggingface(hub_home, "org/name", CONFIG, ref=revision or "main")
        raw = find(source, offline=True)
        assert raw.provenance.source == "huggingface_cache"
        assert raw.provenance.repo_id == "org/name"
        said = kinds(refused(source.replace("org/name", "org/other")))
        assert (said["modelscope_cache"], said["modelscope"]) == ("skipped", "skipped")

    @pytest.mark.parametrize(
        ("source", "revision"),
        [
            ("modelscope.cn/org/name", "master"),
            ("https://www.modelscope.cn/models/org/name", "master"),
            ("https://modelscope.cn/models/org/name/summary", "master"),
            ("https://modelscope.cn/models/org/name/files", "master"),
            ("https://modelscope.cn/models/org/name/tree/v2", "v2"),
            ("https://modelscope.cn/models/org/name/file/view/v2/config.json?status=1", "v2"),
            ("https://modelscope.cn/models/org/name/resolve/v2/config.json", "v2"),
            ("https://modelscope.cn/api/v1/models/org/name/repo?Revision=v2&FilePath=config.json", "v2"),
            ("https://modelscope.cn/api/v1/models/org/name/repo?FilePath=config.json", "master"),
        ],
    )
    def test_address_on_modelscope(self, hub_home: Path, source: str, revision: str) -> None:
        write(hub_home / "modelscope/models/org--name/snapshots" / revision / "config.json", CONFIG)
        raw = find(source, offline=True)
        assert raw.provenance.source == "modelscope_cache"
        assert kinds(raw.provenance.answers) == {"huggingface_cache": "skipped", "bundled": "skipped"}


class TestHuggingFaceCache:
    def test_answers_first(self, hub_home: Path, hub: FakeHub) -> None:
        path = cache_huggingface(hub_home, "Qwen/Qwen3-8B", CONFIG)
        provenance = find("Qwen/Qwen3-8B").provenance
        assert (provenance.source, provenance.location) == ("huggingface_cache", str(path))
        assert (provenance.revision, provenance.answers) == (COMMIT, ())
        assert hub.requests == []

    @pytest.mark.parametrize("revision", ["v1", COMMIT])
    def test_knows_revisions(self, hub_home: Path, revision: str) -> None:
        cache_huggingface(hub_home, "org/name", CONFIG, ref="v1")
        assert find("org/name", revision=revision, offline=True).provenance.revision == COMMIT
        assert kinds(refused("org/name"))["huggingface_cache"] == "not_cached"

    @pytest.mark.parametrize(
        ("name", "folder"),
        [
            ("HF_HUB_CACHE", "x"),
            ("HUGGINGFACE_HUB_CACHE", "x"),
            ("HF_HOME", "x/hub"),
            ("XDG_CACHE_HOME", "x/huggingface/hub"),
            (None, ".cache/huggingface/hub"),
        ],
    )
    def test_is_where_the_client_keeps_it(
        self, hub_home: Path, monkeypatch: pytest.MonkeyPatch, name: str | None, folder: str
    ) -> None:
        monkeypatch.delenv("HF_HOME")
        if name:
            monkeypatch.setenv(name, "~/x")
        path = cache_huggingface(hub_home, "org/name", CONFIG)
        (hub_home / folder).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path.parents[3], hub_home / folder)
        assert find("org/name", offline=True).provenance.source == "huggingface_cache"

    def test_remembers_what_is_not_there(self, hub_home: Path) -> None:
        cache_huggingface(hub_home, "org/name", CONFIG).unlink()
        write(hub_home / "hf/hub/models--org--name/.no_exist" / COMMIT / "config.json", "")
        assert kinds(refused("org/name"))["huggingface_cache"] == "file_not_found"

    def test_with_a_broken_file_is_an_answer(self, hub_home: Path) -> None:
        cache_huggingface(hub_home, "org/name", "[]")
        write(hub_home / "modelscope/models/org--name/snapshots/master/config.json", CONFIG)
        provenance = find("org/name", offline=True).provenance
        assert provenance.source == "modelscope_cache"
        assert kinds(provenance.answers)["huggingface_cache"] == "not_an_object"

    def test_with_a_broken_file_alone_is_an_invalid_config(self, hub_home: Path) -> None:
        cache_huggingface(hub_home, "org/name", "{")
        assert kinds(refused("org/name", InvalidConfig))["huggingface_cache"] == "not_json"


class TestModelScopeCache:
    @pytest.mark.parametrize(
        "path",
        [
            "models/org--name-1.5/snapshots/master",
            "models/org/name-1___5",
            "hub/models/org/name-1___5",
        ],
        ids=["layout of today", "older layout", "oldest layout"],
    )
    def test_in_every_layout(self, hub_home: Path, path: str) -> None:
        file = write(hub_home / "modelscope" / path / "config.json", CONFIG)
        provenance = find("org/name-1.5", offline=True).provenance
        assert (provenance.source, provenance.location) == ("modelscope_cache", str(file))
        assert provenance.revision == "master"

    def test_by_an_id_of_its_own(self, hub_home: Path) -> None:
        write(hub_home / "modelscope/models/LLM-Research--Meta-X/snapshots/master/config.json", CONFIG)
        raw = find("meta-none/X", modelscope_id="LLM-Research/Meta-X", offline=True)
        assert raw.provenance.repo_id == "LLM-Research/Meta-X"

    def test_older_layouts_know_no_revision(self, hub_home: Path) -> None:
        write(hub_home / "modelscope/models/org/name/config.json", CONFIG)
        assert kinds(refused("org/name", revision="v1"))["modelscope_cache"] == "not_cached"

    def test_an_empty_folder_is_no_copy(self, hub_home: Path) -> None:
        (hub_home / "modelscope/models/org--name/snapshots/master").mkdir(parents=True)
        assert kinds(refused("org/name"))["modelscope_cache"] == "not_cached"


class TestBundled:
    """The configs of the checkout itself, and of copies of it in either layout."""

    def test_ids_are_those_of_the_files(self) -> None:
        folder = bundled_dir()
        assert folder is not None
        assert len(bundled_ids()) == len(list(folder.glob("*.json")))
        assert "Qwen/Qwen3-8B" in bundled_ids()

    @pytest.mark.parametrize("source", ["Qwen/Qwen3-8B", "qwen/qwen3-8b", "huggingface.co/Qwen/Qwen3-8B"])
    def test_answer_after_the_cache(self, hub: FakeHub, source: str) -> None:
        raw = find(source)
        assert raw.data["model_type"] == "qwen3"
        assert (raw.provenance.source, raw.provenance.repo_id) == ("bundled", "Qwen/Qwen3-8B")
        assert kinds(raw.provenance.answers) == {"huggingface_cache": "not_cached"}
        assert hub.requests == []

    def test_is_passed_over_for_a_revision(self) -> None:
        answers = refused("Qwen/Qwen3-8B", revision="v1")
        assert kinds(answers)["bundled"] == "skipped"
        assert "default revision" in answers[1].message

    @pytest.mark.parametrize(
        ("source", "revision"),
        [
            ("Qwen/Qwen3-8B", "main"),
            ("huggingface.co/Qwen/Qwen3-8B/tree/main", None),
            ("https://huggingface.co/Qwen/Qwen3-8B/blob/main/config.json", None),
        ],
    )
    def test_is_of_the_default_revision_by_any_name(self, source: str, revision: str | None) -> None:
        assert find(source, revision=revision, offline=True).provenance.source == "bundled"
        assert la.evaluate(source, revision=revision, offline=True).evidence == "counted"

    @pytest.mark.parametrize(
        ("given", "meant"),
        [("Qwen/Qwen3-8BB", "Qwen/Qwen3-8B"), ("meta-lama/Llama-2-7b-hf", "meta-llama/Llama-2-7b-hf")],
    )
    def test_a_misspelt_id_is_told_what_it_was_meant_to_be(self, given: str, meant: str) -> None:
        with pytest.raises(la.ConfigUnavailable) as caught:
            find(given, offline=True)
        assert f"did you mean {meant}?" in str(caught.value)

    @pytest.mark.parametrize("layout", ["llmsim_adapters/hf_config", "hf_config"], ids=["wheel", "checkout"])
    def test_found_in_either_layout(self, tmp_path: Path, run_python: Callable[..., str], layout: str) -> None:
        for name in ("__init__.py", "dataclass.py", "errors.py", "streams.py", "spelling.py", "text.py", "sources"):
            origin, copy = ROOT / "llmsim_adapters" / name, tmp_path / "site/llmsim_adapters" / name
            if name == "__init__.py":
                write(copy, "")
            elif origin.is_dir():
                shutil.copytree(origin, copy)
            else:
                shutil.copy(origin, copy)
        write(tmp_path / "site" / layout / "org--name.json", CONFIG)
        code = (
            "from llmsim_adapters.sources import bundled_ids, find\n"
            "print(bundled_ids(), find('ORG/name').provenance.location)"
        )
        printed = run_python(code, PYTHONPATH=str(tmp_path / "site"))
        assert printed.strip() == f"['org/name'] {tmp_path / 'site' / layout / 'org--name.json'}"


class TestMany:
    def test_in_order_each_with_its_error(self, tmp_path: Path) -> None:
        path = write(tmp_path / "config.json", CONFIG)
        done: list[int] = []
        results = find_all(
            [CONFIG, "org/none", str(path), ("Qwen/Qwen3-8B", None), "./none"],
            offline=True,
            progress=done.append,
        )
        sources = [r.answers[-1].kind if isinstance(r, ConfigUnavailable) else r.provenance.source for r in results]
        assert sources == ["dict", "offline", "path", "bundled", "not_found"]
        assert done == [1, 2, 3, 4, 5]

    def test_of_nothing(self) -> None:
        assert find_all([]) == []


def test_local_sources_import_no_client(tmp_path: Path, run_python: Callable[..., str]) -> None:
    write(tmp_path / "config.json", CONFIG)
    code = f"""
import sys
from llmsim_adapters.sources import find, find_all
find({{}}), find({str(tmp_path)!r}), find("Qwen/Qwen3-8B"), find_all(["Qwen/Qwen3-8B"])
try:
    find("org/name", offline=True)
except Exception as error:
    print(type(error).__name__)
roots = {{name.partition(".")[0] for name in sys.modules}}
clients = {{"huggingface_hub", "modelscope", "modelscope_hub", "requests", "httpx", "httpx2", "tqdm"}}
print(sorted(roots & clients))
"""
    assert run_python(code).split() == ["ConfigUnavailable", "[]"]


def test_a_session_may_be_shared_by_local_sources() -> None:
    assert find(CONFIG, session=HubSession()).data == CONFIG

"""Headers of real and of lying safetensors files, in folders and on a hub that serves parts of files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import llmsim_adapters as la
from llmsim_adapters.cli.main import main
from tests.stored import FILES, tensors_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.server import FakeHub

(CASE,) = [case for case in FILES if case["type"] == "llama" and case["name"] == "tiny-minimal"]
CONFIG: dict[str, Any] = CASE["config"]


def header(tensors: list[Any] | None = None) -> dict[str, Any]:
    at, entries = 0, {}
    for tensor in tensors_of(CASE) if tensors is None else tensors:
        entries[tensor.name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [at, at + tensor.bytes],
        }
        at += tensor.bytes
    return entries


def packed(entries: dict[str, Any] | bytes, data: int | None = None) -> bytes:
    """Return a whole file: its header and so many bytes of data."""
    content = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    if data is None:
        assert isinstance(entries, dict)
        data = max((entry["data_offsets"][1] for entry in entries.values()), default=0)
    return len(content).to_bytes(8, "little") + content + bytes(data)


def folder(path: Path, **files: bytes) -> Path:
    (path / "config.json").write_text(json.dumps(CONFIG))
    for name, content in files.items():
        (path / f"{name}.safetensors").write_bytes(content)
    return path


def test_a_folder_is_proven(tmp_path: Path) -> None:
    found = la.prove(folder(tmp_path, model=packed(header())))
    assert (found.equal, found.files, found.matched) == (True, 1, len(tensors_of(CASE)))


def test_files_of_the_library_itself_are_proven(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")
    library = pytest.importorskip("safetensors.numpy")
    half = len(tensors_of(CASE)) // 2
    names = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
    weights = {}
    for name, part in zip(names, (tensors_of(CASE)[:half], tensors_of(CASE)[half:]), strict=True):
        library.save_file({t.name: numpy.zeros(t.shape, numpy.float32) for t in part}, tmp_path / name)
        weights |= {tensor.name: name for tensor in part}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weights}))
    found = la.prove(folder(tmp_path))
    assert (found.equal, found.files, found.matched) == (True, 2, len(weights))


NAME = "model.norm.weight"


def changed(**values: Any) -> bytes:
    entries = header()
    data = max(entry["data_offsets"][1] for entry in entries.values())
    entries[NAME] = {**entries[NAME], **values}
    return packed(entries, data)


LYING = {
    "nothing": (b"", "no safetensors file"),
    "a length beyond the file": ((10**6).to_bytes(8, "little") + b"{}", "truncated: its header ends at byte 1,000,008"),
    "a header too long": ((200_000_000).to_bytes(8, "little") + b"{}", "more than 100,000,000 are not read"),
    "no JSON": (packed(b"{]", 0), "no JSON"),
    "no object": (packed(b"[1]", 0), "no JSON object"),
    "a name twice": (packed(b'{"a":{},"a":{}}', 0), "names 'a' twice"),
    "nested too deep": (packed(b"[" * 90_000, 0), "no JSON"),
    "a negative shape": (changed(shape=[-80]), "expected numbers from 0 on"),
    "an unknown format": (changed(dtype="F33"), "which is not known"),
    "overlapping offsets": (changed(data_offsets=[0, 320]), "overlaps with another tensor|leaves a hole before it"),
    "bytes that are not its shape's": (changed(shape=[81]), "has 320 bytes, its shape and format 324"),
    "data cut off": (packed(header())[:-8], "truncated: its tensors end at byte"),
}


@pytest.mark.parametrize("what", LYING)
def test_what_a_header_can_not_say_is_one_line(what: str, tmp_path: Path) -> None:
    content, message = LYING[what]
    with pytest.raises(la.HeaderError, match=message) as raised:
        la.prove(folder(tmp_path, model=content))
    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith("model.safetensors: ")


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ({}, "names no file"),
        ({"weight_map": {}}, "names no file"),
        ({"weight_map": {NAME: "model-2.safetensors"}}, "a shard is missing"),
        ({"weight_map": {NAME: "../model.safetensors"}}, "is no .safetensors file beside it"),
        ({"weight_map": {"other": "model.safetensors"}}, "is not in model.safetensors"),
    ],
)
def test_an_index_is_held_to_the_files(index: dict[str, Any], message: str, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(la.HeaderError, match=message):
        la.prove(folder(tmp_path, model=packed(header())))


def test_an_index_of_old_files_has_names_and_bytes_only(tmp_path: Path) -> None:
    index = {"metadata": {"total_size": 1234}, "weight_map": {NAME: "pytorch_model-1.bin"}}
    (tmp_path / "pytorch_model.bin.index.json").write_text(json.dumps(index))
    with pytest.raises(la.HeaderError, match="names 1 tensors of 1,234 bytes, and neither their shapes"):
        la.prove(folder(tmp_path))


def sharded(count: int, longer: int = 0) -> tuple[list[str], dict[str, bytes]]:
    """Return the names of shards, and the files of a repository; the last header has so many bytes at least."""
    tensors = tensors_of(CASE)
    names = [f"model-{at:05}-of-{count:05}.safetensors" for at in range(1, count + 1)]
    files, weights = {}, {}
    for at, name in enumerate(names):
        part = tensors[at::count]
        entries = header(part)
        weights |= {tensor.name: name for tensor in part}
        if at == count - 1 and longer:
            entries["__metadata__"] = {"note": ""}
            entries["__metadata__"]["note"] = "-" * (longer - 8 - len(json.dumps(entries)))
        data = sum(tensor.bytes for tensor in part)
        files[name] = packed(json.dumps(entries).encode(), data)
    index = json.dumps({"weight_map": weights}).encode()
    return names, {"model.safetensors.index.json": index, **files}


def asked(hub: FakeHub, names: list[str]) -> list[str]:
    """Return the parts of files that a hub was asked for."""
    return [request.headers["Range"] for request in hub.requests if request.file in names]


class TestTheHub:
    def test_only_first_bytes_are_asked_for_and_kept(self, hub: FakeHub) -> None:
        entries = header()
        hub.add("huggingface", "org/name", CONFIG, files={"model.safetensors": packed(entries)}, ranges=True)
        found = la.prove("org/name")
        assert (found.equal, found.header_bytes) == (True, min(100_000, len(packed(entries))))
        asked = [request.headers.get("Range") for request in hub.requests if request.file == "model.safetensors"]
        assert asked == ["bytes=0-99999"]
        before = len(hub.requests)
        assert la.prove("org/name", offline=True).equal
        assert len(hub.requests) == before

    def test_how_much_will_be_asked_for_is_said_before(self, hub: FakeHub) -> None:
        """The first bytes of every file, then what longer headers have more; of each file once, and no byte twice."""
        shards, files = sharded(3, longer=250_000)
        hub.add("huggingface", "org/name", CONFIG, files=files, ranges=True)
        said: list[str] = []
        told: list[tuple[int, int]] = []

        def announce(line: str) -> None:
            said.append(f"{line.partition(' at http')[0]}, {len(asked(hub, shards))} asked for")

        model = la.load("org/name")
        found = model.prove(announce=announce, progress=lambda *each: told.append(each))
        assert found.equal
        assert said == [
            "reading at most 300,000 bytes of headers of 3 files, 0 asked for",
            f"reading at most {250_000 - 100_000:,} bytes of headers of 1 file, 3 asked for",
        ]
        assert told == [(1, 3), (2, 3), (3, 3)]
        assert sorted(asked(hub, shards)) == ["bytes=0-99999"] * 3 + ["bytes=100000-249999"]

    def test_modelscope_is_asked_for_parts_of_files_too(self, hub: FakeHub) -> None:
        shards, files = sharded(2)
        hub.add("modelscope", "org/name", CONFIG, files=files, ranges=True)
        assert la.prove("modelscope.cn/org/name").equal
        assert asked(hub, shards) == ["bytes=0-99999"] * 2
        before = len(hub.requests)
        assert la.prove("modelscope.cn/org/name", offline=True).equal
        assert len(hub.requests) == before

    @pytest.mark.parametrize("name", ["huggingface.co/org/name", "modelscope.cn/org/name"])
    def test_what_each_hub_can_not_give_is_one_line(self, name: str, hub: FakeHub) -> None:
        kind = name.partition(".")[0]
        model = hub.add(kind, "org/name", CONFIG, files={"model.safetensors": packed(header())})
        with pytest.raises(la.HeaderError, match="does not answer requests for a part of a file"):
            la.prove(name)
        model.files.clear()
        with pytest.raises(la.HeaderError, match=r"has no \.safetensors files"):
            la.prove(name)
        index = {"metadata": {"total_size": 1234}, "weight_map": {NAME: "pytorch_model-1.bin"}}
        model.files["pytorch_model.bin.index.json"] = json.dumps(index).encode()
        with pytest.raises(la.HeaderError, match="names 1 tensors of 1,234 bytes, and neither their shapes"):
            la.prove(name)

    def test_a_hub_without_parts_of_files_is_told_so(self, hub: FakeHub) -> None:
        hub.add("huggingface", "org/name", CONFIG, files={"model.safetensors": packed(header())})
        with pytest.raises(la.HeaderError, match="does not answer requests for a part of a file"):
            la.prove("org/name")

    def test_a_repository_without_such_files_is_told_so(self, hub: FakeHub) -> None:
        hub.add("huggingface", "org/name", CONFIG, ranges=True)
        with pytest.raises(la.HeaderError, match=r"has no \.safetensors files"):
            la.prove("org/name")

    def test_offline_asks_nobody(self, hub: FakeHub) -> None:
        with pytest.raises(la.HeaderError, match="was not asked for before"):
            la.prove("Qwen/Qwen3-8B", offline=True)
        assert not hub.requests


class TestTheCommand:
    def test_says_on_standard_error_how_much_it_asks_for(self, hub: FakeHub) -> None:
        hub.add("huggingface", "org/name", CONFIG, files={"model.safetensors": packed(header())}, ranges=True)
        done = CliRunner().invoke(main, ["prove", "org/name", "--format", "json"])
        assert done.exit_code == 0
        assert done.stderr == f"reading at most 100,000 bytes of headers of 1 file at {hub.url}/org/name\n"
        assert json.loads(done.stdout)["equal"]

    def test_exit_codes_are_the_verdict(self, tmp_path: Path) -> None:
        whole, less = tmp_path / "whole", tmp_path / "less"
        for path in (whole, less):
            path.mkdir()
        folder(whole, model=packed(header()))
        folder(less, model=packed(header(tensors_of(CASE)[1:])))
        done = CliRunner().invoke(main, ["prove", str(whole)])
        assert done.exit_code == 0, done.output
        assert "proven: all" in done.output
        done = CliRunner().invoke(main, ["prove", str(less), "--format", "markdown"])
        assert done.exit_code == 1
        assert "Missing: in the graph, not in the files" in done.output

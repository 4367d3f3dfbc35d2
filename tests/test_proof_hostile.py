"""Files that nobody meant to be read: each is one clear line, soon, in little memory, and nothing else is touched."""

from __future__ import annotations

import json
import os
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.proof.headers import FIRST, header_of
from tests.stored import tensors_of
from tests.test_proof_headers import CASE, CONFIG, NAME, folder, header, packed, sharded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.hub.server import FakeHub

INDEX = "model.safetensors.index.json"


def refusal(path: Path | str, **options: Any) -> str:
    """Return the one line that says why a checkpoint can't be proven, which came soon."""
    begun = time.monotonic()
    with pytest.raises(la.HeaderError) as raised:
        la.prove(path, **options)
    assert time.monotonic() - begun < 20
    line = str(raised.value)
    assert "\n" not in line
    assert len(line) < 2000
    assert line.isprintable()
    return line


def one(entry: dict[str, Any], data: int, name: str = "a") -> bytes:
    return packed(json.dumps({name: entry}).encode(), data)


HEADERS: dict[str, tuple[bytes, str]] = {
    "seven bytes": (b"\0" * 7, "no safetensors file: it has 7 bytes"),
    "a length of all ones": (b"\xff" * 8 + b"{}", "more than 100,000,000 are not read"),
    "an empty header": (packed(b"", 0), "no JSON"),
    "a tensor without a shape": (one({"dtype": "F32", "data_offsets": [0, 4]}, 4), "has the shape None"),
    "a shape that is a word": (one({"dtype": "F32", "shape": "12", "data_offsets": [0, 4]}, 4), "has the shape"),
    "a shape of truths": (one({"dtype": "F32", "shape": [True], "data_offsets": [0, 4]}, 4), "has the shape"),
    "a shape of fractions": (one({"dtype": "F32", "shape": [1.0], "data_offsets": [0, 4]}, 4), "has the shape"),
    "offsets turned round": (one({"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}, 4), "has the offsets"),
    "three offsets": (one({"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 8]}, 4), "has the offsets"),
    "a format that is a list": (one({"dtype": [], "shape": [1], "data_offsets": [0, 4]}, 4), "which is not known"),
    "a number for a tensor": (packed(b'{"a":1}', 0), "is described by no object"),
    "sizes whose product is huge": (
        one({"dtype": "F32", "shape": [2**62] * 64, "data_offsets": [0, 4]}, 4),
        "its shape and format",
    ),
    "a number of a million digits": (packed(b'{"a":' + b"9" * 1_000_000 + b"}", 0), "no JSON"),
    "a name of a million letters": (
        one({"dtype": "F33", "shape": [1], "data_offsets": [0, 4]}, 4, "x" * 1_000_000),
        "which is not known",
    ),
    "a name that steers terminals": (
        one({"dtype": "F33", "shape": [1], "data_offsets": [0, 4]}, 4, "\x1b[2J\u202e"),
        "which is not known",
    ),
    "bytes behind the tensors": (packed(header()) + b"\0" * 8, "too long: its tensors end at byte"),
    "a file of text": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "more than 100,000,000"),
}


@pytest.mark.parametrize("what", HEADERS)
def test_a_file_that_is_none(what: str, tmp_path: Path) -> None:
    content, message = HEADERS[what]
    line = refusal(folder(tmp_path, model=content))
    assert line.startswith("model.safetensors: ")
    assert message in line


def test_a_header_of_a_hundred_megabytes_is_read_once_and_let_go(tmp_path: Path) -> None:
    """The longest that is read, of one long note; of one byte more, no more than the first bytes are."""
    entries = {"__metadata__": {"note": ""}, **header()}
    entries["__metadata__"]["note"] = "-" * (100_000_000 - len(json.dumps(entries)))
    content = json.dumps(entries).encode()
    data = sum(tensor.bytes for tensor in tensors_of(CASE))
    path = folder(tmp_path, model=packed(content, data))
    del entries, content
    tracemalloc.start()
    found = la.prove(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.equal, found.header_bytes) == (True, 100_000_008)
    assert peak < 600_000_000
    asked: list[tuple[int, int]] = []

    def read(start: int, count: int) -> bytes:
        asked.append((start, count))
        return (100_000_001).to_bytes(8, "little") + b"{" * (count - 8)

    with pytest.raises(la.HeaderError, match="more than 100,000,000 are not read"):
        header_of(read, None, "model.safetensors")
    assert asked == [(0, FIRST)]


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("name", ["model.safetensors", INDEX])
@pytest.mark.parametrize("make", [_pipe, _folder, _loop, _nowhere, _device])
def test_what_is_no_file_is_not_opened(make: Callable[[Path], None], name: str, tmp_path: Path) -> None:
    folder(tmp_path)
    make(tmp_path / name)
    assert refusal(tmp_path).startswith(f"{name}: ")


def test_a_link_to_a_file_elsewhere_is_read_as_caches_have_them(tmp_path: Path) -> None:
    """Both hubs' caches hold links to files in another folder; a header is read, and nothing of it is shown."""
    (tmp_path / "blobs").mkdir()
    (tmp_path / "snapshot").mkdir()
    (tmp_path / "blobs" / "file").write_bytes(packed(header()))
    (tmp_path / "snapshot" / "model.safetensors").symlink_to(tmp_path / "blobs" / "file")
    assert la.prove(folder(tmp_path / "snapshot")).equal
    (tmp_path / "blobs" / "file").write_text("root:x:0:0:root:/root:/bin/sh")
    assert "root:/root" not in refusal(tmp_path / "snapshot")


INDEXES: dict[str, tuple[object, str]] = {
    "names the index itself": ({"weight_map": {NAME: INDEX}}, "is no .safetensors file beside it"),
    "an absolute path": ({"weight_map": {NAME: "/etc/passwd.safetensors"}}, "is no .safetensors file beside it"),
    "a path with backslashes": ({"weight_map": {NAME: "..\\m.safetensors"}}, "is no .safetensors file beside it"),
    "a number for a file": ({"weight_map": {NAME: 7}}, "is no .safetensors file beside it"),
    "a list of files": ({"weight_map": ["model.safetensors"]}, "names no file"),
    "no object": ([], "no JSON object"),
    "a map of maps": ({"weight_map": {NAME: {}}}, "is no .safetensors file beside it"),
}


@pytest.mark.parametrize("what", INDEXES)
def test_an_index_that_is_none(what: str, tmp_path: Path) -> None:
    index, message = INDEXES[what]
    (tmp_path / INDEX).write_text(json.dumps(index))
    assert message in refusal(folder(tmp_path, model=packed(header())))


def test_a_tensor_in_two_files_is_named(tmp_path: Path) -> None:
    names = "model-1.safetensors", "model-2.safetensors"
    (tmp_path / INDEX).write_text(json.dumps({"weight_map": {NAME: names[0], "model.embed_tokens.weight": names[1]}}))
    for name in names:
        (tmp_path / name).write_bytes(packed(header()))
    assert "is in two files" in refusal(folder(tmp_path))


def test_more_layers_than_the_config_has_are_told_soon(tmp_path: Path) -> None:
    """Ten thousand layers and experts that no graph has: named, within seconds."""
    tensors = tensors_of(CASE)
    lookalike = next(tensor for tensor in tensors if ".layers.0.mlp.gate_proj" in tensor.name)
    more = [lookalike._replace(name=f"model.layers.{at}.mlp.experts.{at}.x.weight") for at in range(10_000)]
    begun = time.monotonic()
    found = la.prove(folder(tmp_path, model=packed(header([*tensors, *more]))))
    assert time.monotonic() - begun < 60
    assert not found.equal


class TestAHub:
    def test_a_shard_that_is_gone(self, hub: FakeHub) -> None:
        names, files = sharded(3)
        del files[names[1]]
        hub.add("huggingface", "org/name", CONFIG, files=files, ranges=True)
        assert refusal("org/name") == f"{names[1]}, which the index names, is not there: a shard is missing"

    def test_an_index_of_more_files_than_are_read(self, hub: FakeHub) -> None:
        index = {"weight_map": {f"a{at}": f"m{at}.safetensors" for at in range(10_001)}}
        files = {INDEX: json.dumps(index).encode()}
        hub.add("huggingface", "org/name", CONFIG, files=files, ranges=True)
        assert "it names 10,001 files; more than 10,000 are not read" in refusal("org/name")
        assert not [request for request in hub.requests if request.headers.get("Range")]

    def test_headers_that_say_they_are_longer_together_than_is_read(self, hub: FakeHub, tmp_path: Path) -> None:
        """Each shard claims a hundred megabytes that it does not have: the sum is refused before it is asked for."""
        names = [f"m{at}.safetensors" for at in range(12)]
        index = {"weight_map": {f"a{at}": name for at, name in enumerate(names)}}
        files = {INDEX: json.dumps(index).encode()}
        files |= {name: (99_000_000).to_bytes(8, "little") + bytes(200_000) for name in names}
        hub.add("huggingface", "org/name", CONFIG, files=files, ranges=True, size=100_000_000)
        assert "more than 1,000,000,000 are not read" in refusal("org/name")
        spans = {request.headers.get("Range") for request in hub.requests if request.file in names}
        assert spans == {"bytes=0-99999"}

    def test_what_is_wrong_is_not_kept(self, hub: FakeHub, hub_home: Path) -> None:
        hub.add("huggingface", "org/name", CONFIG, files={"model.safetensors": b"\0" * 50}, ranges=True)
        refusal("org/name")
        kept = [path for path in hub_home.rglob("*") if path.is_file() and path.name == "model.safetensors"]
        assert kept == []

    def test_nothing_is_written_outside_the_cache(self, hub: FakeHub, hub_home: Path) -> None:
        _, files = sharded(2)
        hub.add("huggingface", "org/name", CONFIG, files=files, ranges=True)
        assert la.prove("org/name").equal
        tops = {path.relative_to(hub_home).parts[0] for path in hub_home.rglob("*") if path.is_file()}
        assert tops <= {".cache", "hf"}

"""Which files of a checkpoint hold its tensors, and what their headers say, in a folder or on a hub."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.proof.headers import MAX_INDEX, HeaderError, header_of, parse
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.proof.stored import Stored

INDEX: Final = "model.safetensors.index.json"
WHOLE: Final = "model.safetensors"
SUFFIX: Final = ".safetensors"
OLD_INDEX: Final = "pytorch_model.bin.index.json"

Found = tuple[list["Stored"], int]


class Headers(NamedTuple):
    """What the headers of a checkpoint say."""

    location: str
    tensors: tuple[Stored, ...]
    files: int
    header_bytes: int


def in_folder(folder: str) -> Headers:
    """Return what the headers of the files in a folder say; of each file, only its first bytes are read.

    Raises:
        HeaderError: there are none, or one says what can't be.
    """
    try:
        names = frozenset(os.listdir(folder))
    except (OSError, ValueError) as error:
        message = f"{printable(folder, 1000)}: can't be listed ({getattr(error, 'strerror', None) or error})"
        raise HeaderError(message) from error
    index = parse(_read(folder, INDEX, MAX_INDEX), INDEX) if INDEX in names else None
    if index is None and not any(name.endswith(SUFFIX) for name in names):
        raise no_files(folder, said_of(_read(folder, OLD_INDEX, MAX_INDEX)) if OLD_INDEX in names else None)
    files = shards(index, names)
    return gathered(folder, index, [(name, local_header(folder, name)) for name in files])


def shards(index: dict[str, Any] | None, names: frozenset[str]) -> list[str]:
    """Return the files that hold the tensors: those of the index, else the whole one, else all.

    Raises:
        HeaderError: the index names no file, or one that is not there.
    """
    if index is None:
        return [WHOLE] if WHOLE in names else sorted(name for name in names if name.endswith(SUFFIX))
    files = indexed(index)
    if gone := [name for name in files if name not in names]:
        more = f" and {len(gone) - 1:,} more" if len(gone) > 1 else ""
        message = f"{INDEX}: {printable(gone[0], 200)}{more}, which it names, is not there: a shard is missing"
        raise HeaderError(message)
    return files


def indexed(index: dict[str, Any]) -> list[str]:
    """Return the files that an index names.

    Raises:
        HeaderError: it names none, or what is no file beside it.
    """
    weights = index.get("weight_map")
    if not isinstance(weights, dict) or not weights:
        message = f"{INDEX}: it names no file (`weight_map`)"
        raise HeaderError(message)
    for name in weights.values():
        if not isinstance(name, str) or not name.endswith(SUFFIX) or os.path.basename(name) != name or "\\" in name:
            message = f"{INDEX}: {printable(repr(name), 200)} is no {SUFFIX} file beside it"
            raise HeaderError(message)
    return sorted(set(weights.values()))


def gathered(location: str, index: dict[str, Any] | None, found: Iterable[tuple[str, Found]]) -> Headers:
    """Return the headers of all files as one, as the index says that they are.

    Raises:
        HeaderError: two files hold one tensor, or a file does not hold what the index says.
    """
    tensors: dict[str, Stored] = {}
    files = read = 0
    for name, (held, size) in found:
        files, read = files + 1, read + size
        for tensor in held:
            if tensor.name in tensors:
                others = tensors[tensor.name].file
                message = f"{printable(tensor.name, 200)!r} is in two files: {printable(others, 200)} and {name}"
                raise HeaderError(message)
            tensors[tensor.name] = tensor._replace(file=name)
    for name, file in (index or {}).get("weight_map", {}).items():
        if name not in tensors or tensors[name].file != file:
            message = f"{INDEX}: {printable(name, 200)!r} is not in {printable(file, 200)}, which it names"
            raise HeaderError(message)
    return Headers(location, tuple(tensors.values()), files, read)


def no_files(location: str, old: str | None = None) -> HeaderError:
    """Return the refusal of a place without safetensors files."""
    said = f": {old}" if old else ""
    return HeaderError(f"{printable(location, 1000)} has no {SUFFIX} files, whose headers could be read{said}")


def local_header(folder: str, name: str) -> Found:
    """Return what the header of one file says, and how many bytes were read."""
    path = os.path.join(folder, name)
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):  # opening a pipe or a device could wait forever
            message = f"{printable(name, 200)}: it is not a regular file"
            raise HeaderError(message)
        with open(path, "rb") as file:

            def read(start: int, count: int) -> bytes:
                file.seek(start)
                return file.read(count)

            return header_of(read, found.st_size, name)
    except OSError as error:
        message = f"{printable(name, 200)}: can't be read ({error.strerror or error})"
        raise HeaderError(message) from error


def _read(folder: str, name: str, most: int) -> bytes:
    path = os.path.join(folder, name)
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            message = f"{name}: it is no regular file of at most {most:,} bytes"
            raise HeaderError(message)
        with open(path, "rb") as file:
            return file.read(most)
    except OSError as error:
        message = f"{name}: can't be read ({error.strerror or error})"
        raise HeaderError(message) from error


def said_of(old: bytes) -> str:
    """Return what the index of PyTorch's old files says, which is names and a total only.

    Raises:
        HeaderError: it is none.
    """
    index = parse(old, OLD_INDEX)
    weights, metadata = index.get("weight_map"), index.get("metadata")
    count = len(weights) if isinstance(weights, dict) else 0
    total = metadata.get("total_size") if isinstance(metadata, dict) else None
    size = f" of {total:,} bytes" if isinstance(total, int) else ""
    return f"{OLD_INDEX} names {count:,} tensors{size}, and neither their shapes nor their formats"

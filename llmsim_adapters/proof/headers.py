"""The header of a safetensors file: its first bytes, read and not believed.

Format: eight bytes of length, then JSON of names with `dtype`, `shape` and `data_offsets`, then the tensors without
holes. https://github.com/huggingface/safetensors, README, which also has the limit of 100 MB.
"""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeGuard

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.proof.stored import FORMATS, Stored, bits_of
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

MAX_HEADER: Final = 100_000_000
"""The longest header that safetensors itself reads, in bytes."""

FIRST: Final = 100_000
"""Bytes that are read at first: most headers are shorter."""

MAX_INDEX: Final = 64 * 1024 * 1024
"""The longest index that is read, in bytes; the largest published ones have about 10 MB."""

Read: TypeAlias = "Callable[[int, int], bytes]"
"""Returns the bytes from an offset on, at most so many."""

_PREFIX: Final = 8
_LONGEST_NAME: Final = 200


class HeaderError(AdapterError):
    """Headers can't be had, or say what can't be; one line that names the file."""


def header_of(read: Read, size: int | None, name: str) -> tuple[list[Stored], int]:
    """Return the tensors that a file's header names, and how many bytes were read.

    Args:
        read: returns bytes of the file.
        size: bytes of the file; None where nobody says it.
        name: what messages call the file.

    Raises:
        HeaderError: the file is no safetensors file, or its header says what can't be.
    """

    def refuse(why: str) -> NoReturn:
        message = f"{printable(name, _LONGEST_NAME)}: {why}"
        raise HeaderError(message)

    content = read(0, FIRST)
    end = end_of(content, size, name)
    if len(content) < end:
        content += read(len(content), end - len(content))
    if len(content) < end:
        refuse(f"truncated: its header ends at byte {end:,}, and {len(content):,} came")
    header = _parsed(content[_PREFIX:end], refuse)
    return _tensors(header, None if size is None else size - end, name, refuse), len(content[:end])


def end_of(content: bytes, size: int | None, name: str) -> int:
    """Return where the header of a file ends whose first bytes are given.

    Raises:
        HeaderError: it is too long, or would end behind the file.
    """
    shown = printable(name, _LONGEST_NAME)
    if len(content) < _PREFIX:
        message = f"{shown}: no safetensors file: it has {len(content)} bytes"
        raise HeaderError(message)
    length = int.from_bytes(content[:_PREFIX], "little")
    if length > MAX_HEADER:
        message = f"{shown}: its header would have {length:,} bytes; more than {MAX_HEADER:,} are not read"
        raise HeaderError(message)
    if size is not None and _PREFIX + length > size:
        message = f"{shown}: truncated: its header ends at byte {_PREFIX + length:,}, the file at {size:,}"
        raise HeaderError(message)
    return _PREFIX + length


def parse(content: bytes, name: str) -> dict[str, Any]:
    """Return the JSON object of an index.

    Raises:
        HeaderError: it is none.
    """

    def refuse(why: str) -> NoReturn:
        message = f"{printable(name, _LONGEST_NAME)}: {why}"
        raise HeaderError(message)

    return _parsed(content, refuse)


def _parsed(content: bytes, refuse: Callable[[str], NoReturn]) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [key for key, _ in pairs]
            twice = next(key for key in names if names.count(key) > 1) if len(names) < 10_000 else "a tensor"
            refuse(f"it names {printable(twice, _LONGEST_NAME)!r} twice")
        return found

    try:
        header = json.loads(content.decode("utf-8"), object_pairs_hook=once)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        refuse(f"its header is no JSON ({type(error).__name__})")
    if not isinstance(header, dict):
        refuse("its header is no JSON object")
    return header


def _tensors(header: dict[str, Any], data: int | None, file: str, refuse: Callable[[str], NoReturn]) -> list[Stored]:
    """Return the tensors of a header; their data lie one behind the other, up to the end of the file."""
    found: list[tuple[int, int, Stored]] = []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        shown = repr(printable(name, _LONGEST_NAME))
        if not isinstance(entry, dict):
            refuse(f"{shown} is described by no object")
        dtype, shape, offsets = (entry.get(key) for key in ("dtype", "shape", "data_offsets"))
        if not isinstance(dtype, str) or dtype not in FORMATS:
            refuse(f"{shown} has the format {printable(repr(dtype), 40)}, which is not known")
        if not _sizes(shape):
            refuse(f"{shown} has the shape {printable(repr(shape), 80)}: expected numbers from 0 on")
        if not _sizes(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
            refuse(f"{shown} has the offsets {printable(repr(offsets), 80)}: expected a begin and an end")
        tensor = Stored(name, FORMATS[dtype], tuple(shape), file)
        bits = prod(shape) * bits_of(tensor.dtype)
        if (offsets[1] - offsets[0]) * 8 != bits:
            refuse(f"{shown} has {offsets[1] - offsets[0]:,} bytes, its shape and format {bits // 8:,}")
        found.append((offsets[0], offsets[1], tensor))
    at = 0
    for begin, end, tensor in sorted(found, key=lambda each: each[:2]):
        if begin != at:
            what = "overlaps with another tensor" if begin < at else "leaves a hole before it"
            refuse(f"{printable(tensor.name, _LONGEST_NAME)!r} {what}: it begins at byte {begin:,}, not at {at:,}")
        at = end
    if data is not None and at != data:
        refuse(
            f"{'truncated' if at > data else 'too long'}: its tensors end at byte {at:,} of {data:,} after the header"
        )
    return [tensor for _, _, tensor in found]


def _sizes(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(
        isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in value
    )

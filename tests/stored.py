"""The tensors of the files that transformers writes (`reference/facts/files.json`), as the tests read them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from llmsim_adapters.proof.stored import FORMATS, Stored
from tests.facts import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES: list[dict[str, Any]] = [case for case in facts("files")["files"] if "tensors" in case]
"""The cases whose files transformers wrote: type, name, config and tensors."""


def tensors_of(case: dict[str, Any]) -> list[Stored]:
    """Return the tensors of a case's files."""
    return [
        Stored(_filled(name, numbers), FORMATS[dtype], tuple(shape))
        for name, dtype, shape, said in case["tensors"]
        for numbers in _numbers(said)
    ]


def _numbers(said: str) -> Iterator[tuple[int, ...]]:
    for word in said.split(" "):
        ends = [part.split("-") for part in word.split(".") if part]
        yield from product(*(range(int(first), int(rest[-1] if rest else first) + 1) for first, *rest in ends))


def _filled(name: str, numbers: tuple[int, ...]) -> str:
    for number in numbers:
        name = name.replace("*", str(number), 1)
    return name

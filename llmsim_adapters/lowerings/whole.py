"""Which parts of a quantized matrix a rank may have: whole blocks of its scales, and whole integers of packed rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.graph.schedule import ScheduleError

if TYPE_CHECKING:
    from llmsim_adapters.spec.quantization import Side

_WORD: Final = 32
"""Bits of the integers into which smaller ones are packed."""


class Split(NamedTuple):
    """What a message says of a matrix: the field of the schedule that splits it, its name, and who asks for it."""

    field: str
    name: str
    source: str


def whole_blocks(
    matrix: Split, side: Side, shapes: tuple[tuple[int, ...], tuple[int, ...]], parts: int, *, unsplit: bool
) -> None:
    """Refuse ranks whose part of a matrix does not consist of whole blocks of a scale.

    `shapes` are those of the matrix and of a rank's part. It is not asked of what is not split, but of rows where
    `unsplit` says so.

    Raises:
        ScheduleError: it doesn't.
    """
    shape, own = shapes
    for block, size, part, of, anyway in (
        (side.rows, shape[-2], own[-2], parts, unsplit),
        (side.columns, shape[-1], own[-1], 1, False),
    ):
        if block and (anyway or part != size) and part // of % block:
            message = (
                f"schedule field `{matrix.field}` leaves a rank {part // of:d} of the {size // of:d} rows or columns "
                f"of `{matrix.name}`, whose scales are those of blocks of {block}; expected a multiple of that "
                f"({matrix.source})"
            )
            raise ScheduleError(message)


def whole_words(matrix: Split, rows: int, bits: int) -> None:
    """Refuse ranks that have so many rows, with those of what is one with them, as fill no whole integers.

    Raises:
        ScheduleError: they don't.
    """
    packed = _WORD // bits
    if rows % packed:
        message = (
            f"schedule field `{matrix.field}` leaves a rank {rows:d} rows of `{matrix.name}` and of what is one with "
            f"it, of which {packed} are in an integer; expected a multiple of that ({matrix.source})"
        )
        raise ScheduleError(message)

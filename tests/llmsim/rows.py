"""Operators as rows of figures, of LLMSim's objects and of our descriptions; the schedules that are compared."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.spec.dtypes import BITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.llmsim.described import Description

FOLDER: Final = Path(__file__).parent
LENGTH: Final = 4096
"""The `max_seqlen` of all points."""


class Row(NamedTuple):
    """One operator: per rank and layer, except `weight_bytes`, which are of all layers together.

    `moved` is what the calculator takes the time of memory, or of a transfer, from. The formats are in bytes.
    """

    name: str
    m: int
    k: int
    n: int
    batch: int
    layers: int
    input_bytes: int
    output_bytes: int
    operand_bytes: int
    compute: float
    moved: int
    weight_bytes: int


class Point(NamedTuple):
    """One of LLMSim's schedules, at batch 1; what it makes of data parallelism does not depend on `dp_size`."""

    mode: str
    tp_size: int
    ep_size: int
    deepep: bool
    mtp: bool
    dense_fully_dp: bool


def points(model_type: str) -> Iterator[Point]:
    """Yield the schedules that are compared."""
    flags = (False, True)
    experts = (1, 2, 4, 8, 16, 32, 64, 128, 256) if model_type != "qwen3" else (1,)
    for mode, tp, ep, deepep, mtp, dense in itertools.product(
        ("extend", "decode"), (1, 2, 4, 8, 16), experts, flags, flags, flags
    ):
        yield Point(mode, tp, ep, deepep, mtp, dense)


def configs() -> dict[str, dict[str, Any]]:
    """Return the config of each model that LLMSim knows, as published, in what it reads of it."""
    found: dict[str, dict[str, Any]] = json.loads((FOLDER / "configs.json").read_text(encoding="utf-8"))
    return found


def rows_of_objects(operators: list[Any], one_gigabyte_a_second: Any) -> list[Row]:
    """Return the rows of LLMSim's own objects; its hardware is passed to read bytes from times."""
    found = []
    for operator in operators:
        meta, io = operator.metadata, operator.metadata.io_config
        transfer = meta.op_type == "transfer"
        volume = operator.get_io_volume()
        if meta.op_type == "attention":
            moved = round(operator.get_hbm_time(one_gigabyte_a_second))
        else:
            moved = volume["load"] + (0 if transfer else volume["store"])
        found.append(
            Row(
                meta.name,
                io.input_shape.m,
                io.input_shape.n,
                io.output_shape.n,
                meta.batch_size,
                meta.num_layers,
                io.input_dtype.value,
                0 if transfer else io.output_dtype.value,
                0 if transfer else io.weight_dtype.value,
                operator.get_compute_complexity(),
                moved,
                round(operator.get_weight_mem_occupy() * meta.num_layers),
            )
        )
    return found


def rows_of_description(description: Description) -> list[Row]:
    """Return the rows of what we tell LLMSim."""
    found = []
    for each in description.operators:
        taken, operand, given = (BITS[dtype] // 8 for dtype in each.dtypes)
        found.append(
            Row(
                each.name,
                *each.input_shape,
                each.output_shape[1],
                each.batch,
                each.layers,
                taken,
                given,
                operand,
                float(each.flops),
                each.load + each.store,
                each.weight_bytes,
            )
        )
    for transfer in description.transfers:
        rows, width = transfer.shape
        sizes = (rows, width, width, transfer.batch, transfer.layers, BITS[transfer.dtype] // 8)
        found.append(Row(transfer.name, *sizes, 0, 0, 0.0, transfer.payload, 0))
    return found

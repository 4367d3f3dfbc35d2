"""Record what LLMSim itself says of the models that it knows: `LLMSIM_HOME=… python -m tests.reference.llmsim`.

Facts only: names, shapes, formats, batches, layers, bytes. Rows that many points share are written once.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.llmsim.checkout import require
from tests.llmsim.rows import FOLDER, LENGTH, Row, configs, points, rows_of_objects

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.llmsim.rows import Point

FACTS: Final = FOLDER / "facts.json"
REFUSED: Final = "refused"
"""A bare AssertionError."""


def schedule_config(point: Point, dp_size: int = 1) -> Any:
    """Return LLMSim's own schedule of a point."""
    from src.arch.config import ScheduleConfig
    from src.arch.model_type import ForwardMode

    return ScheduleConfig(
        batch_size=1,
        max_seqlen=LENGTH,
        mode=ForwardMode[point.mode.upper()],
        tp_size=point.tp_size,
        dp_size=dp_size,
        ep_size=point.ep_size,
        is_mtp=point.mtp,
        deepep=point.deepep,
        enable_moe_dense_fully_dp=point.dense_fully_dp,
    )


def ruler() -> Any:
    """Return hardware on which a byte takes a microsecond, so that times are bytes."""
    from src.hardware.hardware_config import BandwidthConfig, HardwareConfig

    return HardwareConfig(bandwidth=BandwidthConfig(hbm_bandwidth_gb_s=1e-6))


def rows_of(arch: Any) -> list[Row]:
    """Return the rows of an architecture."""
    arch.build_operators()
    core = [operator for operators in arch.attention_operators.values() for operator in operators]
    return rows_of_objects([*arch.operators, *core, *arch.transfer_operators], ruler())


def own_config(raw: dict[str, Any]) -> Any:
    """Return LLMSim's config of one of its own types."""
    from src.arch import config as kinds

    names = {"deepseek_v3": "DeepSeekV3Config", "qwen3": "Qwen3Config", "qwen3_moe": "Qwen3MoEConfig"}
    return getattr(kinds, names[raw["model_type"]]).from_dict(raw)


def answer(raw: dict[str, Any], point: Point) -> str | tuple[list[Row], int, int]:
    """Return LLMSim's own rows, cache and cache per GPU; or why there are none."""
    from src.arch.models_arch import model_arch

    arch = model_arch.create_model_arch(own_config(raw), schedule_config(point))
    try:
        rows = rows_of(arch)
    except AssertionError:
        return REFUSED
    return rows, arch.get_kv_cache(), arch.get_kv_cache_per_gpu()


def record() -> dict[str, Any]:
    """Return the facts of all models at all points."""
    require()
    table: dict[Row, int] = {}
    models = {}
    for name, raw in configs().items():
        found: list[list[Any]] = []
        for point in points(raw["model_type"]):
            said = answer(raw, point)
            if isinstance(said, str):
                found.append([*point, said])
            else:
                rows, cache, cache_per_gpu = said
                found.append([*point, [table.setdefault(row, len(table)) for row in rows], cache, cache_per_gpu])
        models[name] = found
    return {"fields": Row._fields, "rows": [list(row) for row in table], "models": models}


def text(facts: dict[str, Any]) -> str:
    """Return the facts as JSON, one a line."""

    def lines(values: Iterable[Any]) -> str:
        return ",\n".join(json.dumps(value, separators=(",", ":")) for value in values)

    models = ",\n".join(f"{json.dumps(name)}:[\n{lines(found)}\n]" for name, found in facts["models"].items())
    fields = json.dumps(facts["fields"])
    return f'{{"fields":{fields},\n"rows":[\n{lines(facts["rows"])}\n],\n"models":{{\n{models}\n}}}}\n'


if __name__ == "__main__":
    FACTS.write_text(text(record()), encoding="utf-8")

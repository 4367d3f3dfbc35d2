"""The engine `checkpoint`: what the files hold, in their formats, split evenly."""

from __future__ import annotations

from typing import Final

from llmsim_adapters.engines.engine import Engine
from llmsim_adapters.engines.rules import Split

SPREADING: Final = (
    Split(
        name="networks on every rank",
        source="schedule field `dense_fully_dp`",
        part="mlp",
        over="alone",
        when=lambda layout: layout.schedule.dense_fully_dp,
    ),
    Split(
        name="shared experts on every rank",
        source="schedule field `deepep`",
        part="shared_experts",
        over="alone",
        when=lambda layout: layout.schedule.deepep,
    ),
)
"""What a schedule's own flags say, whatever the engine."""

ENGINE: Final = Engine(
    name="checkpoint",
    summary="what the files hold, in their formats, split evenly",
    rules=SPREADING,
)

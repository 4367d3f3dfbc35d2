"""Which ranks share which part of a model."""

from __future__ import annotations

from typing import Final

from llmsim_adapters.engines.rules import Split

PLACEMENT: Final = (
    Split(
        name="head of each group",
        source="layers/logits_processor.py, --enable-dp-lm-head",
        part="head",
        over="tokens",
        when=lambda layout: bool(layout.options["enable_dp_lm_head"]),
    ),
    Split(name="head", source="layers/logits_processor.py", part="head", over="all"),
    Split(
        name="dense networks of each rank",
        source="layers/communicator.py, --moe-dense-tp-size 1",
        part="mlp",
        over="handed_out",
        when=lambda layout: layout.schedule.dense_fully_dp,
    ),
    Split(name="networks", source="layers/communicator.py", part="mlp", over="all"),
    Split(
        name="shared experts of each rank",
        source="models/deepseek_v2.py, --moe-a2a-backend",
        part="shared_experts",
        over="handed_out",
        when=lambda layout: layout.schedule.deepep,
    ),
    Split(name="shared experts", source="models/deepseek_v2.py", part="shared_experts", over="all"),
)

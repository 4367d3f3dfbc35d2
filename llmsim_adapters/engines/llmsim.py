"""The engine `llmsim`: as LLMSim itself spreads a model, experts copied over the ranks that `ep_size` leaves."""

from __future__ import annotations

from typing import Final

from llmsim_adapters.engines.checkpoint import SPREADING
from llmsim_adapters.engines.engine import Engine

ENGINE: Final = Engine(
    name="llmsim",
    summary="LLMSim's own rules: experts copied, shared ones and dense networks on all tokens of a group",
    rules=SPREADING,
    splits_experts=False,
)

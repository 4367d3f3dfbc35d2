"""The bandwidth of transfers: LLMSim's calculator has the hardware, and does not show it to transfers by itself.

Imported only where LLMSim can be: `checkout.require` comes first.
"""

from __future__ import annotations

from typing import Any

from src.arch.perf_calculator import PerformanceCalculator

from llmsim_adapters.llmsim.operators import ExactTransfer

_original: Any = None


def tell_transfers_the_hardware() -> None:
    """Let every calculator show its hardware to our transfers; LLMSim's own ones are left as they are."""
    global _original
    if PerformanceCalculator.calculate_transfer_time is not _calculate:
        _original = PerformanceCalculator.calculate_transfer_time
        PerformanceCalculator.calculate_transfer_time = _calculate


def tell_them_no_more() -> None:
    """Take that back."""
    if PerformanceCalculator.calculate_transfer_time is _calculate:
        PerformanceCalculator.calculate_transfer_time = _original


def _calculate(self: Any, operator: Any) -> Any:
    """In place of the calculator's method."""
    if isinstance(operator, ExactTransfer):
        operator.hardware = self.hardware
    return _original(self, operator)

"""The bandwidth of transfers: LLMSim's calculator has the hardware, and does not show it to transfers by itself.

Imported only where LLMSim can be: `checkout.require` comes first.
"""

from __future__ import annotations

from typing import Any, Final

from src.arch.perf_calculator import PerformanceCalculator
from src.hardware.hardware_config import BandwidthConfig, ComputeConfig, HardwareConfig

from llmsim_adapters.llmsim.checkout import LOCK, LLMSimUnavailable
from llmsim_adapters.llmsim.described import Described, DescribedTransfer
from llmsim_adapters.llmsim.interface import another_version
from llmsim_adapters.llmsim.operators import ExactMatmul, ExactTransfer

_original: Any = None
_tried = False

_RATE: Final = 3.0
"""GB/s or TB/s of a trial: that of no hardware of LLMSim's, so that no default of its own passes for it."""


def tell_transfers_the_hardware() -> None:
    """Let every calculator show its hardware to our transfers; LLMSim's own ones are left as they are.

    Raises:
        LLMSimUnavailable: this version of LLMSim's calculator does not take what our operators say.
    """
    global _original, _tried
    with LOCK:
        if PerformanceCalculator.calculate_transfer_time is not _calculate:
            _original = PerformanceCalculator.calculate_transfer_time
            PerformanceCalculator.calculate_transfer_time = _calculate
        if not _tried:
            try:
                _try()
            except LLMSimUnavailable:
                tell_them_no_more()
                raise
            _tried = True


def tell_them_no_more() -> None:
    """Take that back."""
    with LOCK:
        if PerformanceCalculator.calculate_transfer_time is _calculate:
            PerformanceCalculator.calculate_transfer_time = _original


def _try() -> None:
    """See that the calculator gives the times that follow from what an operator and a transfer say.

    A name that is there may have lost its meaning; and a transfer whose bandwidth it does not ask for any more would
    run at another one without a word.
    """
    bandwidth = BandwidthConfig(hbm_bandwidth_gb_s=_RATE, link_bandwidth_decode_gb_s=_RATE)
    calculator = PerformanceCalculator(HardwareConfig(bandwidth=bandwidth, compute=ComputeConfig()))
    rows, one = (1, 1), ("bfloat16",) * 3
    product = ExactMatmul(Described("trial", rows, rows, rows, one, 1, 5, 6_000_000, 3_000_000, False, 2, 14))
    transfer = ExactTransfer(DescribedTransfer("trial", rows, "bfloat16", 1, 6_000, "link", 2), decode=True)
    try:
        product_found = calculator.calculate_operator_performance(product)
        found = {
            "the bytes that an operator moves": (product_found.memory_time, 9_000_000 / _RATE / 1e6),
            "the weights that an operator keeps": (product_found.weight_mem_occupy, 14),
            "the bandwidth of a transfer": (
                calculator.calculate_operator_performance(transfer).transfer_time,
                6_000 / _RATE / 1e3,
            ),
        }
    except Exception as error:
        message = another_version(f"its calculator fails with an operator of ours: {error!r}")
        raise LLMSimUnavailable(message) from error
    for what, (time, expected) in found.items():
        if abs(time - expected) > 1e-9 * expected:
            message = another_version(f"its calculator does not ask for {what}")
            raise LLMSimUnavailable(message)


def _calculate(self: Any, operator: Any) -> Any:
    """In place of the calculator's method."""
    if isinstance(operator, ExactTransfer):
        operator.hardware = self.hardware
    return _original(self, operator)

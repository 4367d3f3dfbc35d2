"""LLMSim's own operators with exact figures. Imported only where LLMSim can be: `checkout.require` comes first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from src.arch.op.attn_op import AttentionOperator
from src.arch.op.matmul_op import MatmulOperator
from src.arch.op.operator_base import DataType, OperatorIO, OperatorMetadata, Tensor
from src.arch.op.transfer_op import TransferOperator
from src.hardware.hardware_config import DEFAULT_HARDWARE

from llmsim_adapters.spec.dtypes import BITS, bytes_of

if TYPE_CHECKING:
    from llmsim_adapters.llmsim.described import Described, DescribedTransfer, Shape

_KNOWN = {8: DataType.INT8, 16: DataType.BF16, 32: DataType.FP32, 64: DataType.FP64}


class Format(NamedTuple):
    """A number format that is multiplied in a wider one.

    It has what LLMSim takes from its `DataType`: the `name` that reports show, and as `value` the bytes of the format
    that is multiplied in, by which the calculator takes the hardware's rate. What it is stored in is in the figures.
    """

    name: str
    value: int


@lru_cache(maxsize=256)
def _formats(dtypes: tuple[str, str, str]) -> tuple[Any, Any, Any]:
    """Return LLMSim's formats of input, weight and output; the weight's is that of the wider operand."""
    taken, weight, given = dtypes
    width = max(BITS[taken], BITS[weight])
    operand = _KNOWN[width] if BITS[weight] == width else Format(weight.upper(), width // 8)
    return _format(taken), operand, _format(given)


def _format(dtype: str) -> Any:
    bits = BITS[dtype]
    return _KNOWN[bits] if bits in _KNOWN else Format(dtype.upper(), 1)


class _Exact:
    """What a description says, in place of what LLMSim's classes make of the shapes."""

    described: Described
    metadata: Any

    def __init__(self, described: Described) -> None:
        self.described = described
        taken, weight, given = _formats(described.dtypes)
        io = OperatorIO(
            input_shape=Tensor(*described.input_shape),
            output_shape=Tensor(*described.output_shape),
            weight_shape=Tensor(*described.weight_shape),
            input_dtype=taken,
            output_dtype=given,
            weight_dtype=weight,
        )
        # "matmul" for the core of attention, too: to the calculator the word means FLOPs at the hardware's rate and
        # bytes at its bandwidth, whereas it takes the FLOPs of an "attention" for microseconds
        self.metadata = OperatorMetadata(described.name, "matmul", "", io, described.batch, described.layers)

    def get_compute_complexity(self) -> float:
        """Return the FLOPs of one layer."""
        return float(self.described.flops)

    def get_io_volume(self) -> dict[str, int]:
        """Return the bytes that one layer reads and writes."""
        return {"load": self.described.load, "store": self.described.store}

    def get_memory_requirement(self) -> dict[str, int | float]:
        """Return the bytes of inputs, outputs and weights of one layer."""
        described = self.described
        return {
            "input": _bytes(described.input_shape, described.batch, described.dtypes[0]),
            "output": _bytes(described.output_shape, described.batch, described.dtypes[2]),
            "weight": self.get_weight_mem_occupy(),
        }

    def get_hbm_time(self, hardware: Any) -> float:
        """Return the microseconds that one layer's bytes take; LLMSim's bandwidth is in TB/s."""
        return float((self.described.load + self.described.store) / hardware.bandwidth.hbm_bandwidth_gb_s / 1e6)

    def get_weight_mem_occupy(self) -> int | float:
        """Return the bytes of weights that one layer keeps; the mean, where layers share weights."""
        total, layers = self.described.weight_bytes, self.described.layers
        return total / layers if total % layers else total // layers

    def get_params(self) -> float:
        """Return the weights of all layers in numbers of two bytes, as which LLMSim's memory estimate takes them."""
        return self.described.weight_bytes / 2


class ExactMatmul(_Exact, MatmulOperator):  # type: ignore[misc]  # LLMSim has no types
    """A product, a look-up, a norm or a recurrence."""


class ExactAttention(_Exact, AttentionOperator):  # type: ignore[misc]
    """Scores, or sums of values."""


class ExactTransfer(TransferOperator):  # type: ignore[misc]
    """A transfer at the bandwidth of the hardware that the calculator has, for the mode at hand."""

    def __init__(self, described: DescribedTransfer, *, decode: bool) -> None:
        self.described = described
        self.hardware = DEFAULT_HARDWARE
        dtype = _format(described.dtype)
        rows, width = described.shape
        io = OperatorIO(Tensor(rows, width), Tensor(rows, width), Tensor(0, 0), dtype, dtype)
        self.metadata = OperatorMetadata(described.name, "transfer", "", io, described.batch, described.layers)
        self._field = f"{described.over}_bandwidth_{'decode_' if decode else ''}gb_s"

    @property
    def _bandwidth_gb_s(self) -> float:
        """Where LLMSim's calculator looks first."""
        return float(getattr(self.hardware.bandwidth, self._field))

    def get_io_volume(self) -> dict[str, int]:
        """Return the bytes that a rank sends and gets, as LLMSim counts them: what it holds, once."""
        return {"load": self.described.payload, "store": self.described.payload}

    def get_memory_requirement(self) -> dict[str, int]:
        """Return the bytes that a rank holds."""
        return {"transfer": self.described.payload}


def _bytes(shape: Shape, batch: int, dtype: str) -> int:
    return bytes_of(shape[0] * shape[1] * batch, dtype)

"""The schedule: the batch that one step of inference runs, and how the model is spread over ranks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Literal

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.spec.dtypes import BITS
from llmsim_adapters.text import printable

LARGEST: Final = 2**40
_DEFAULT_EXTEND_LENGTH: Final = 4096


class ScheduleError(AdapterError, ValueError):
    """A field of a schedule has a value that cannot be; the message names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One step: `seq_len` new tokens in each of `batch_size` sequences that have `context_len` cached tokens.

    `seq_len` defaults to 4096 in mode extend (prefill) and to 1 in mode decode. `logits` says for which of the new
    tokens the head runs: the `last` of each sequence, as servers do, or `all`. `mtp` adds the multi-token
    prediction stack where the model has one.

    There are tp_size * dp_size ranks; `batch_size` is that of one of the `dp_size` data-parallel groups, whose
    `tp_size` ranks share its work. Experts are spread over `ep_size` groups of all ranks. The ranks of one group all
    have its experts and share their tokens, or, with `moe_tp`, have a part of each expert. With `deepep`, tokens are
    sent to their experts and back, and shared experts are whole on every rank; with `dense_fully_dp`, so are dense
    feed-forward networks.

    `weight_dtype`, `activation_dtype` and `kv_cache_dtype` default to the checkpoint's. A `weight_dtype` stands for all
    weights, whatever the checkpoint's quantization.

    Raises:
        ScheduleError: a field is out of range.
    """

    batch_size: int = 1
    seq_len: int = 0
    context_len: int = 0
    mode: Literal["extend", "decode"] = "extend"
    tp_size: int = 1
    dp_size: int = 1
    ep_size: int = 1
    moe_tp: bool = False
    deepep: bool = False
    dense_fully_dp: bool = False
    logits: Literal["last", "all"] = "last"
    mtp: bool = False
    weight_dtype: str | None = None
    activation_dtype: str | None = None
    kv_cache_dtype: str | None = None

    def __post_init__(self) -> None:
        if self.mode not in ("extend", "decode"):
            raise _wrong("mode", self.mode, "'extend' or 'decode'")
        if self.seq_len == 0 and self.seq_len.__class__ is int:
            default = 1 if self.mode == "decode" else _DEFAULT_EXTEND_LENGTH
            object.__setattr__(self, "seq_len", default)
        if self.logits not in ("last", "all"):
            raise _wrong("logits", self.logits, "'last' or 'all'")
        for name, least in SIZES:
            value = getattr(self, name)
            if not isinstance(value, int) or value.__class__ is bool or not least <= value <= LARGEST:
                raise _wrong(name, value, f"an integer from {least} to 2**40")
        for name in ("mtp", "moe_tp", "deepep", "dense_fully_dp"):
            if getattr(self, name).__class__ is not bool:
                raise _wrong(name, getattr(self, name), "True or False")
        for name in ("weight_dtype", "activation_dtype", "kv_cache_dtype"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, str) or value not in BITS):
                raise _wrong(name, value, f"one of {', '.join(BITS)}")

    @property
    def world_size(self) -> int:
        """The number of ranks."""
        return self.tp_size * self.dp_size

    def to_dict(self) -> dict[str, int | str | bool | None]:
        """Return the fields, ready for JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


SIZES: Final = (
    ("batch_size", 1),
    ("seq_len", 1),
    ("context_len", 0),
    ("tp_size", 1),
    ("dp_size", 1),
    ("ep_size", 1),
)
"""The fields that are integers, each with the least that it can be; none is larger than `LARGEST`."""


def _wrong(name: str, value: object, expected: str) -> ScheduleError:
    return ScheduleError(f"schedule field `{name}` is {printable(repr(value))}; expected {expected}")

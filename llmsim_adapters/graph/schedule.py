"""The schedule: the batch that one step of inference runs, and how the model is spread over ranks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Literal

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.spec.dtypes import BITS
from llmsim_adapters.text import printable

_LARGEST: Final = 2**40
_DEFAULT_EXTEND_LENGTH: Final = 4096


class ScheduleError(AdapterError, ValueError):
    """A field of a schedule has a value that cannot be; the message names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One step: `seq_len` new tokens in each of `batch_size` sequences that have `context_len` cached tokens.

    `seq_len` defaults to 4096 in mode extend (prefill) and to 1 in mode decode. `logits` says for which of the new
    tokens the head runs: the `last` of each sequence, as servers do, or `all`. `mtp` adds the multi-token
    prediction stack where the model has one. `activation_dtype` and `kv_cache_dtype` default to the checkpoint's.

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
    logits: Literal["last", "all"] = "last"
    mtp: bool = False
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
        for name, least in _SIZES:
            value = getattr(self, name)
            if not isinstance(value, int) or value.__class__ is bool or not least <= value <= _LARGEST:
                raise _wrong(name, value, f"an integer from {least} to 2**40")
        if self.mtp.__class__ is not bool:
            raise _wrong("mtp", self.mtp, "True or False")
        for name in ("activation_dtype", "kv_cache_dtype"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, str) or value not in BITS):
                raise _wrong(name, value, f"one of {', '.join(BITS)}")
        for name in ("tp_size", "dp_size", "ep_size"):
            if getattr(self, name) != 1:
                raise _wrong(name, getattr(self, name), "1: graphs of more than one rank are not modelled yet")

    def to_dict(self) -> dict[str, int | str | bool | None]:
        """Return the fields, ready for JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


_SIZES: Final = (
    ("batch_size", 1),
    ("seq_len", 1),
    ("context_len", 0),
    ("tp_size", 1),
    ("dp_size", 1),
    ("ep_size", 1),
)


def _wrong(name: str, value: object, expected: str) -> ScheduleError:
    return ScheduleError(f"schedule field `{name}` is {printable(repr(value))}; expected {expected}")

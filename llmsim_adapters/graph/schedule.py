"""The schedule: the batch that one step of inference runs, and how the model is spread over ranks."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.graph.schedule_error import ScheduleError as ScheduleError
from llmsim_adapters.spec.dtypes import BITS
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    Value: TypeAlias = bool | int | str | None
    Options: TypeAlias = tuple[tuple[str, Value], ...] | Mapping[str, Value]

LARGEST: Final = 2**40
_DEFAULT_EXTEND_LENGTH: Final = 4096

DEFAULT_ENGINE: Final = "sglang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One step: `seq_len` new tokens in each of `batch_size` sequences that have `context_len` cached tokens.

    `seq_len` defaults to 4096 in mode extend (prefill) and to 1 in mode decode. `logits` says for which of the new
    tokens the head runs: the `last` of each sequence, as servers do, or `all`. `mtp` adds the multi-token
    prediction stack where the model has one.

    There are tp_size * dp_size ranks; `batch_size` is that of one of the `dp_size` data-parallel groups, whose
    `tp_size` ranks share its work. Experts are spread over `ep_size` groups of all ranks. The ranks of one group have a
    part of each of its experts, or, where `moe_tp` is False, all of them, and share their tokens; None leaves that to
    the engine. `redundant_experts` are stored a second time. With `deepep`, tokens are sent to their experts and back,
    and shared experts are whole on every rank; with `dense_fully_dp`, so are dense feed-forward networks.

    `engine` is what stores the model and spreads it over ranks: `sglang`, `checkpoint` (what the files hold, split
    evenly), `llmsim`, or one that a plugin brings. `engine_options` are its options under its own names, a mapping,
    kept as sorted pairs. SGLang's words for fields of the schedule may stand there too: `moe_a2a_backend` for `deepep`,
    `moe_dense_tp_size` for `dense_fully_dp`, `ep_num_redundant_experts` for `redundant_experts`.

    `dtype` is the format of what is not quantized and of activations, `auto` the one that the engine takes for the
    checkpoint's. `weight_dtype` stands for all weights, whatever the checkpoint's quantization; `activation_dtype` and
    `kv_cache_dtype` for what they say. A cache has the format that a quantized checkpoint declares, else that of
    activations.

    Each sequence of a prefill may have media: `images`, pairs of height and width, and `videos`, of frames, height and
    width, in pixels as a client sends them, of videos the frames that are sampled; `audio_seconds` are lengths of
    sounds. `preprocessed` sizes are those that the encoder gets. `seq_len` counts the tokens of media, too.
    `encoder_len` is the length of an encoder's output that the tokens attend to, by default that of the media.
    `instruction_len` is how many tokens an encoder reads of the instruction, where it reads one with a tokenizer of its
    own; by default as many as stand beside the media in the sequence.

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
    moe_tp: bool | None = None
    redundant_experts: int = 0
    deepep: bool = False
    dense_fully_dp: bool = False
    logits: Literal["last", "all"] = "last"
    mtp: bool = False
    engine: str = DEFAULT_ENGINE
    engine_options: Options = ()
    dtype: str = "auto"
    weight_dtype: str | None = None
    activation_dtype: str | None = None
    kv_cache_dtype: str | None = None
    images: tuple[tuple[int, int], ...] = ()
    videos: tuple[tuple[int, int, int], ...] = ()
    audio_seconds: tuple[float, ...] = ()
    preprocessed: bool = False
    encoder_len: int = 0
    instruction_len: int = 0

    def __post_init__(self) -> None:
        if self.mode not in ("extend", "decode"):
            raise _wrong("mode", self.mode, "'extend' or 'decode'")
        if self.seq_len == 0 and self.seq_len.__class__ is int:
            default = 1 if self.mode == "decode" else _DEFAULT_EXTEND_LENGTH
            object.__setattr__(self, "seq_len", default)
        if self.logits not in ("last", "all"):
            raise _wrong("logits", self.logits, "'last' or 'all'")
        if self.engine_options != ():
            self._take_options()
        for name, least in SIZES:
            value = getattr(self, name)
            if not isinstance(value, int) or value.__class__ is bool or not least <= value <= LARGEST:
                raise _wrong(name, value, f"an integer from {least} to 2**40")
        if self.images != () or self.videos != () or self.audio_seconds != ():
            self._take_media()
        for name in ("mtp", "deepep", "dense_fully_dp", "preprocessed"):
            if getattr(self, name).__class__ is not bool:
                raise _wrong(name, getattr(self, name), "True or False")
        if self.moe_tp is not None and self.moe_tp.__class__ is not bool:
            raise _wrong("moe_tp", self.moe_tp, "True or False, or None for the engine's rule")
        if not isinstance(self.engine, str):
            raise _wrong("engine", self.engine, "the name of an engine")
        if self.dtype != "auto" and (not isinstance(self.dtype, str) or self.dtype not in BITS):
            raise _wrong("dtype", self.dtype, f"'auto' or one of {', '.join(BITS)}")
        for name in ("weight_dtype", "activation_dtype", "kv_cache_dtype"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, str) or value not in BITS):
                raise _wrong(name, value, f"one of {', '.join(BITS)}")

    def _take_options(self) -> None:
        """Keep the engine's options as sorted pairs, without those that are other words for fields."""
        options = _pairs(self.engine_options)
        for word, name, meaning in _SYNONYMS:
            said = meaning(options[word]) if word in options else None
            if said is None:
                continue
            del options[word]
            mine = getattr(self, name)
            if mine not in (_DEFAULTS[name], said):
                message = (
                    f"schedule field `{name}` is {mine!r}, but option `{word}` says {said!r}; expected one of them"
                )
                raise ScheduleError(message)
            object.__setattr__(self, name, said)
        object.__setattr__(self, "engine_options", tuple(sorted(options.items())))

    def _take_media(self) -> None:
        """Keep the sizes of media as tuples."""
        for name, sides, expected in MEDIA:
            given = getattr(self, name)
            taken = _sizes(given, sides) if sides else _lengths(given)
            if taken is None:
                raise _wrong(name, given, expected)
            object.__setattr__(self, name, taken)
        if self.has_media and self.mode == "decode":
            raise ScheduleError(DECODES_MEDIA)

    @property
    def has_media(self) -> bool:
        """Whether the sequences have pictures or sound in them."""
        return bool(self.images or self.videos or self.audio_seconds)

    @property
    def world_size(self) -> int:
        """The number of ranks."""
        return self.tp_size * self.dp_size

    @classmethod
    def from_sglang(cls, command: str | Sequence[str], **step: Any) -> Schedule:
        """Return the schedule of a server that is started by a command line of SGLang.

        `Schedule.from_sglang("--tp-size 8 --dp-size 8 --enable-dp-attention", batch_size=4)` has eight data-parallel
        groups of one rank. What does not bear on a rank's memory is passed over.

        Args:
            command: SGLang's arguments, as one text or in a list.
            **step: the other fields of the schedule.

        Raises:
            ScheduleError: an argument has a value that it can't have, or bears on a rank's memory and is not modelled.
        """
        from llmsim_adapters.graph.sglang_command import fields_of  # only those who ask for it need it

        return cls(**fields_of(command), **step)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields, ready for JSON, the engine's options as an object."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {
            "engine_options": dict(self.engine_options),
            "images": [list(size) for size in self.images],
            "videos": [list(size) for size in self.videos],
            "audio_seconds": list(self.audio_seconds),
        }


_MOST_ITEMS: Final = 4096
_LONGEST_SIDE: Final = 2**20
_LONGEST_SOUND: Final = 10**7

DECODES_MEDIA: Final = "schedule field `mode` is 'decode'; media run in mode 'extend', before any token is decoded"

MEDIA: Final = (
    ("images", 2, f"pairs of height and width, integers from 1 to 2**20, {_MOST_ITEMS} pairs at most"),
    ("videos", 3, f"frames, height and width of each, integers from 1 to 2**20, {_MOST_ITEMS} videos at most"),
    ("audio_seconds", 0, f"lengths above 0, at most {_LONGEST_SOUND:,} seconds, {_MOST_ITEMS} of them at most"),
)
"""The fields of media: how many sides each item has, and what is expected of it."""


def _listed(given: object) -> list[object] | None:
    return list(given) if isinstance(given, (list, tuple)) and len(given) <= _MOST_ITEMS else None


def _sizes(given: object, sides: int) -> tuple[tuple[int, ...], ...] | None:
    """Return the items of a field, each with so many sides; None where something else is given."""
    items = _listed(given)
    if items is None:
        return None
    for item in items:
        if not isinstance(item, (list, tuple)) or len(item) != sides:
            return None
        if any(side.__class__ is not int or not 1 <= side <= _LONGEST_SIDE for side in item):
            return None
    return tuple(tuple(item) for item in items)  # type: ignore[arg-type]  # they were looked at


def _lengths(given: object) -> tuple[float, ...] | None:
    items = _listed(given)
    if items is None or not all(isinstance(each, (int, float)) and 0 < each <= _LONGEST_SOUND for each in items):
        return None
    return None if any(each.__class__ is bool for each in items) else tuple(items)  # type: ignore[arg-type]


STEP: Final = ("batch_size", "seq_len", "context_len")
"""The sizes of a step, which no layout depends on."""

SIZES: Final = (
    ("batch_size", 1),
    ("seq_len", 1),
    ("context_len", 0),
    ("tp_size", 1),
    ("dp_size", 1),
    ("ep_size", 1),
    ("redundant_experts", 0),
    ("encoder_len", 0),
    ("instruction_len", 0),
)
"""The fields that are integers, each with the least that it can be; none is larger than `LARGEST`."""

layout_of: Final = attrgetter(*(f.name for f in fields(Schedule) if f.name not in STEP))
"""The fields that are no size of the step, in a tuple: what a model's layout is decided by."""

_DEFAULTS: Final = {field.name: field.default for field in fields(Schedule)}


def _backend(said: Value) -> bool | None:
    return {"none": False, "deepep": True}.get(said) if isinstance(said, str) else None


def _dense_width(said: Value) -> bool | None:
    return False if said is None else True if said.__class__ is int and said == 1 else None


def _number(said: Value) -> int | None:
    return said if isinstance(said, int) and said.__class__ is int else None


_SYNONYMS: Final = (
    ("moe_a2a_backend", "deepep", _backend),
    ("moe_dense_tp_size", "dense_fully_dp", _dense_width),
    ("ep_num_redundant_experts", "redundant_experts", _number),
)
"""SGLang's words for fields of a schedule, and what a value says of the field; None: it is the engine's to answer."""

SAID_BY_OPTIONS: Final = tuple(name for _, name, _ in _SYNONYMS)
"""The fields that options of an engine may say."""


def _pairs(options: Options) -> dict[str, Value]:
    """Return the options of an engine by name.

    Raises:
        ScheduleError: they are no mapping of names to plain values.
    """
    try:
        found: dict[str, Value] = dict(options)
    except (TypeError, ValueError):
        found = {"": None}
    for name, value in found.items():
        if not isinstance(name, str) or not name or not isinstance(value, (bool, int, str, NoneType)):
            raise _wrong("engine_options", options, "a mapping of the engine's option names to their values")
    return found


def _wrong(name: str, value: object, expected: str) -> ScheduleError:
    return ScheduleError(f"schedule field `{name}` is {printable(repr(value), 120)}; expected {expected}")

"""The rules that engines are made of: formats, groups of ranks, what is stored otherwise or beside, what is refused."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from llmsim_adapters.graph.cache import CacheKind
    from llmsim_adapters.graph.operator import Sharding
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.spec.quantization import Quantization, Scheme

Part = Literal["embedding", "attention", "linear_attention", "mlp", "shared_experts", "head", "tower", "tower_mlp"]
"""What of a model is split by one group of ranks: embeddings; all mixers over tokens; of them, by a rule of their own,
those of linear attention; feed-forward networks; those that every token passes beside the routed experts; heads;
encoders of pictures or sound; of them, by a rule of their own, their feed-forward networks."""

PARTS: Final[tuple[Part, ...]] = (
    *("embedding", "attention", "linear_attention"),
    *("mlp", "shared_experts", "head", "tower", "tower_mlp"),
)

Over = Literal["tokens", "all", "all_apart", "alone", "handed_out", "experts"]
"""Which ranks split a part: those that work on the same tokens; all, on the tokens of all data-parallel groups, or of
each group apart; none, each rank having all of it, on all tokens of its group or on its share of them; or those that
share the width of each expert, on their share of all tokens, as if it were one of the experts."""


class Asked(Protocol):
    """What rules are asked about: a model and a layout of it. The sizes of the schedule's step are no part of that."""

    @property
    def spec(self) -> ModelSpec: ...
    @property
    def quantization(self) -> Quantization | None: ...
    @property
    def schedule(self) -> Schedule: ...
    @property
    def options(self) -> Mapping[str, bool | int | str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every rule has.

    Attributes:
        name: what it says, in a few words.
        source: where the engine decides so: a file, an option, a paper.
        architectures: those that it is about; empty: all.
        but: those that it is not about.
        when: whether it is about a layout, a function of the spec and the schedule's layout alone; None: always.
        note: what a user may not expect of it, said in the graph's notes where it bears on the model.
    """

    name: str
    source: str
    architectures: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    when: Callable[[Asked], bool] | None = None
    note: str = ""

    def is_about(self, architecture: str) -> bool:
        """Whether it is about models of an architecture."""
        return architecture not in self.but and (not self.architectures or architecture in self.architectures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format(Rule):
    """The number format of what is not quantized, where a schedule leaves it to the engine: from the checkpoint's."""

    of: Callable[[Asked, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Rule):
    """Which ranks split a part of the model; the first rule about a part holds.

    Attributes:
        part: the part.
        over: the ranks.
        axis: that of the encoders that it is about, where an architecture's are split otherwise; empty: all.
        uneven: what becomes of heads that the ranks can't have equal numbers of, in a part that no step runs: each
            rank has all of them; or heads are added, so that they are `padded`, or are so for all ranks of the model
            though fewer split them; or the layout is `refused`, as it is in a part that runs.
    """

    part: Part
    over: Over
    axis: str = ""
    uneven: Literal["whole", "padded", "padded_for_all", "refused"] = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Store(Rule):
    """How tensors are stored, by the kind of their component, or the name that it has in another one, and their own.

    Attributes:
        tensors: their names, such as `mixture_of_experts.router` or `shared_experts.up_proj`; or, where components of
            a kind differ, those in the graph after stack and block, such as `vision/after/projection_2.weight`, or all
            of a stack, such as `talker/`, which come first.
        dtype: the format that they have on a rank whatever the others have; `usual`: that of unquantized weights.
        over: which ranks have a part of each: those that it is split over anyway; `none`, each having all of it; or
            those that share the `width` of each expert; or those that have different `experts`, each with all of them;
            or those that work on the same `tokens`; or `all` ranks.
        whole_heads: where a tensor's rows are heads of a size that this says of a layout, and ranks may be more than
            heads: several ranks then have the same ones.
        rows_to: a multiple to which a rank's rows are padded: the whole model's rows are padded to `rows_to` times
            the number of parts, unless the padded rows have equal parts anyway.
        each: whether the rows of each rank's part are padded to `rows_to`, even where the parts are equal.
        columns_to: the same of columns, where those are split.
        summed: those of the tensors whose columns are split where nothing else says it: ranks add up what they make.
        width_to: a multiple to which a rank's part of the width of each expert is padded.
        absent: whether the engine doesn't store them.
    """

    tensors: tuple[str, ...]
    dtype: str | None = None
    over: Literal["", "none", "width", "experts", "tokens", "all"] = ""
    whole_heads: Callable[[Asked], int] | None = None
    rows_to: int = 0
    each: bool = False
    columns_to: int = 0
    summed: tuple[str, ...] = ()
    width_to: int = 0
    absent: bool = False

    def rank_shape(self, shape: tuple[int, ...], ways: int, multiple: int) -> tuple[int, ...] | None:
        """Return what one rank stores of one set, None where it is an even part of the model's.

        `multiple` is the rule's `rows_to` or `columns_to`, by the name that formulas show.
        """
        if self.absent:
            return (0,)
        if not shape or not (self.rows_to or self.columns_to):
            return None
        if self.columns_to:
            return (*shape[:-1], _padded_part(shape[-1], ways, multiple))
        if self.each:
            return (ceil_div(ceil_div(shape[0], ways), multiple) * multiple, *shape[1:])
        return (_padded_part(shape[0], ways, multiple), *shape[1:])


def _padded_part(size: int, ways: int, multiple: int) -> int:
    """Return one of so many equal parts of a size, padded to a multiple, in each part if need be."""
    padded = ceil_div(size, multiple) * multiple
    if padded % ways:
        padded = ceil_div(size, multiple * ways) * multiple * ways
    return padded // ways


class Matrix(NamedTuple):
    """A quantized matrix, or what one rank has of it.

    Attributes:
        scheme: how the checkpoint stores it.
        shape: the rows and columns of the part that is asked about, behind the number of experts where there are any.
        whole: those of the whole matrix.
        parts: how many matrices of the checkpoint its rows are those of, one after the other.
        across: whether ranks have parts of its columns.
        place: which of how many matrices it is, all as large, that are one on a rank.
    """

    scheme: Scheme
    shape: tuple[int, ...]
    whole: tuple[int, ...]
    parts: int
    across: bool
    place: tuple[int, int] = (0, 1)


class Held(NamedTuple):
    """A tensor that an engine stores beside a quantized matrix; an empty format is that of unquantized weights."""

    name: str
    shape: tuple[int, ...]
    dtype: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales(Rule):
    """How what stands beside quantized matrices is stored on a rank.

    It is that of the rank's part of the matrix, blocks at its end being whole, where the general rule is an even part.

    Attributes:
        schemes: the names of the schemes of storage.
        of: of which matrices: of those of `linear` layers, of `experts`, of `shared_experts` alone, or of all.
        dtype: the format that scales have on a rank; None: the checkpoint's.
        whole_blocks: whether a rank's part must consist of whole blocks; a layout in which it does not is refused.
        merged: the matrices, by the kind of their component, whose rows must do so even if they are not split.
        beside: what is stored in place of all that; what the checkpoint has and it does not name is not stored.
        parts: of how many parts with scales of their own a matrix is, where the checkpoint has one for all of it.
        joined: which of how many matrices one is, all as large, that are one on a rank, by the kind of its component.
        whole_words: whether rows are packed into integers of 32 bits, of which a rank must have whole ones.
    """

    schemes: tuple[str, ...]
    of: Literal["", "linear", "experts", "shared_experts"] = ""
    dtype: str | None = None
    whole_blocks: bool = False
    merged: frozenset[str] = frozenset()
    beside: Callable[[Matrix], Iterable[Held]] | None = None
    parts: Mapping[str, int] = field(default_factory=dict)
    joined: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    whole_words: bool = False


class Shelf(Protocol):
    """Where a rule puts what an engine stores beside a model's own tensors: the site of a component."""

    def store(self, name: str, shape: tuple[int, ...], sharding: Sharding = "replicated", dtype: str = "") -> None:
        """Put a tensor of a shape, split as said; its format is that of unquantized weights unless given."""

    def keep(self, kind: CacheKind, elements_per_entry: int, sharding: Sharding, dtype: str, stride: int = 1) -> None:
        """Put what is kept of each token, or of each `stride` tokens together; a state of each sequence."""

    def part_of(self, size: int, sharding: Sharding) -> int:
        """Return what one rank has of a size that is split like a tensor of this sharding."""

    def constant(self, size: int, name: str) -> int:
        """Return a size that is the engine's own, with the name that formulas show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside(Rule):
    """What the engine stores beside the tensors of each component of a kind, or of `vision/layer/attention` alone."""

    kind: str
    put: Callable[[Any, Shelf], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep(Rule):
    """How what a sequence leaves behind is kept, by `kind.cache`, the component's kind and that of the cache.

    Rules about the same cache add up; of what two of them say the first one holds.

    Attributes:
        caches: their names, such as `attention.key_value`; that of a convolution is `kind.convolution`.
        dtype: the format that they have whatever the others have; None: that of others.
        windowed: whether they have a pool of their own that keeps no more than the window.
        less: how many fewer of the latest tokens a convolution's state is made of.
        over: which ranks have a part of each: those that its component is split over anyway; or those that work on the
            same `tokens`, so that each has more of it than its own heads fill.
        page: the entries of a page, to which what is reserved is rounded up; 0: the option `page_size`.
        idle: whether room is set aside in layers that keep nothing of their own, too: those that read an earlier
            layer's, and those of encoders.
        layers: in how many layers there is room for each token, and for each of an encoder's output, whatever layers
            keep of it; None: in those that keep it.
        absent: whether the engine keeps nothing, and sets nothing aside.
    """

    caches: tuple[str, ...]
    dtype: str | None = None
    windowed: bool = False
    less: int = 0
    over: Literal["", "tokens"] = ""
    page: int = 0
    idle: bool = False
    layers: Callable[[Asked], int] | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse(Rule):
    """What the engine can't do: the reason, which names the schedule's field and the size; empty: it can."""

    reason: Callable[[Asked], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Rule):
    """Something that a user may not expect, and that no other rule says."""

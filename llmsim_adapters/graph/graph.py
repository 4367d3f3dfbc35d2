"""The operator graph: what one rank executes under a schedule, and the totals of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from llmsim_adapters.dataclass import dataclass, replace
from llmsim_adapters.graph.meanings import MARGINAL, MEANINGS
from llmsim_adapters.text import human, printable
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Container

    from llmsim_adapters.gap import Gap
    from llmsim_adapters.graph.cache import Cache
    from llmsim_adapters.graph.operator import Operator, Weight
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.graph.transfer import Transfer
    from llmsim_adapters.spec.media.media import MediaItem

LONG_CONTEXT: Final = 32768
"""The length at which the cache of every graph is stated, beside that of its schedule."""

_LARGEST: Final = 10

MTP: Final = "mtp"
"""The name of the stack whose parameters are counted apart."""

DRAFT: Final = "draft"
"""The name of the stack of a draft that runs beside its target, in whose graph it is counted."""


def routed_at(weight: Weight, said: Container[str]) -> str:
    """Return the place of a routing that a weight is used by, of those said: its own or its block's; else nothing."""
    block = f"{weight.stack}.{weight.block}"
    own = f"{block}.{weight.name}"
    if own in said:
        return own
    return block if weight.sharding == "experts" and block in said else ""


class Elements(NamedTuple):
    """The elements of a graph's tensors, by what they are; tied ones once."""

    parameters: int
    mtp_parameters: int
    buffers: int


@dataclass(frozen=True, slots=True)
class OperatorGraph:
    """Operators and transfers of one rank; weights and caches of the whole model, each with its parts.

    Every total is a sum over these tuples. `routing` says of a block's experts, or of one weight, how many there are
    and how many of them a token is sent to. `gaps` is not empty where the builder models less than the config says;
    `notes` say what one may not expect: fields of the schedule that this model has no use for, and what the engine
    does otherwise than the checkpoint. `media` are the pictures and sounds of one sequence, as encoders see them.
    """

    schedule: Schedule
    operators: tuple[Operator, ...]
    weights: tuple[Weight, ...]
    caches: tuple[Cache, ...]
    routing: tuple[tuple[str, int, int], ...] = ()
    transfers: tuple[Transfer, ...] = ()
    notes: tuple[str, ...] = ()
    media: tuple[MediaItem, ...] = ()
    gaps: tuple[Gap, ...] = ()
    builder: str = ""

    def by(self, builder: str, gaps: tuple[Gap, ...]) -> OperatorGraph:
        """Return the graph with the name of its builder and what it leaves out."""
        return replace(self, builder=builder, gaps=gaps)

    def elements(self) -> Elements:
        """Return the elements of what is trained, of what only multi-token prediction trains, and of buffers."""
        parameters = mtp = buffers = 0
        for weight in self.weights:
            if weight.role == "parameter":
                if weight.stack == MTP:
                    mtp += weight.elements
                else:
                    parameters += weight.elements
            elif weight.role == "buffer" and weight.stack != MTP:
                buffers += weight.elements
        return Elements(parameters, mtp, buffers)

    @property
    def parameters(self) -> int:
        """Elements of the trainable weights, tied ones once, without multi-token prediction."""
        return self.elements().parameters

    @property
    def mtp_parameters(self) -> int:
        """Elements of the trainable weights that only multi-token prediction has.

        Embedding and head are the main model's; a checkpoint may store them a second time.
        """
        return self.elements().mtp_parameters

    @property
    def buffers(self) -> int:
        """Elements of the persistent tensors that are not trainable, without multi-token prediction."""
        return self.elements().buffers

    @property
    def active_parameters(self) -> int:
        """Parameters that one token uses: without the routed experts that it is not sent to."""
        return self.parameters - self.idle_parameters

    @property
    def idle_parameters(self) -> int:
        """Parameters of the routed experts that one token is not sent to."""
        if not self.routing:
            return 0
        routed: dict[str, int] = {}
        said = {where for where, _, _ in self.routing}
        for w in self.weights:
            if w.role == "parameter" and w.stack != MTP and (where := routed_at(w, said)):
                routed[where] = routed.get(where, 0) + w.elements
        idle = 0
        for where, experts, top_k in self.routing:
            if where in routed:
                idle += routed[where] - ceil_div(routed[where] * top_k, experts)
        return idle

    @property
    def flops(self) -> int:
        """FLOPs of the step, attention counted in full as torch's flop counter does."""
        return sum(op.flops for op in self.operators)

    @property
    def flops_executed(self) -> int:
        """FLOPs of the step for the pairs of tokens that causality and windows leave."""
        return sum(op.flops_executed for op in self.operators)

    @property
    def bytes_moved(self) -> int:
        """Bytes that the operators of one rank read and write in the step, every operand and result once each."""
        return sum(op.bytes for op in self.operators)

    @property
    def weight_bytes(self) -> int:
        """Bytes of the weights that one rank loads, quantization honoured, buffers and scales included."""
        return sum(w.rank_bytes for w in self.weights if self._loads(w))

    def _loads(self, weight: Weight) -> bool:
        """Whether a rank loads a tensor: that of multi-token prediction only where that runs."""
        return weight.stack != MTP or self.schedule.mtp

    def kv_cache_elements(self, tokens: int, encoder_tokens: int | None = None, reserve: bool = False) -> int:
        """Return the cached elements of one sequence of `tokens` tokens, the whole model's.

        `reserve` counts windowed layers as an engine without window-aware paging keeps them: in full.
        `encoder_tokens` is the length of an encoder's output, for models that attend to one, by default that of the
        schedule: its keys and values are kept, too.
        """
        encoder_tokens = self.encoder_len if encoder_tokens is None else encoder_tokens
        return sum(c.elements(tokens, reserve, encoder_tokens) for c in self.caches if c.kind != "state")

    def kv_cache_bytes(self, tokens: int, encoder_tokens: int | None = None, reserve: bool = False) -> int:
        """Return the same in bytes, each cache in its own format."""
        encoder_tokens = self.encoder_len if encoder_tokens is None else encoder_tokens
        return sum(c.bytes(tokens, reserve, encoder_tokens) for c in self.caches if c.kind != "state")

    def rank_kv_cache_bytes(self, tokens: int, encoder_tokens: int | None = None, reserve: bool = False) -> int:
        """Return the bytes of one sequence of `tokens` tokens on one rank of those that work on it."""
        encoder_tokens = self.encoder_len if encoder_tokens is None else encoder_tokens
        return sum(c.rank_bytes(tokens, reserve, encoder_tokens) for c in self.caches if c.kind != "state")

    @property
    def encoder_len(self) -> int:
        """The length of the output of an encoder that a sequence's tokens attend to: that said, or of its media."""
        return self.schedule.encoder_len or sum(item.attended for item in self.media)

    @property
    def transfer_bytes(self) -> int:
        """Bytes that one rank sends in the step."""
        return sum(t.bytes for t in self.transfers)

    @property
    def kv_cache_elements_per_token(self) -> int:
        """Elements that one more token adds at long context, where windowed layers are full."""
        return sum(c.layers * c.elements_per_entry * c.per_token for c in self.growing)

    @property
    def growing(self) -> tuple[Cache, ...]:
        """The caches that each token adds to, however long its sequence is."""
        grow = (c for c in self.caches if c.kind != "state" and c.window is None and c.stride == 1 and not c.idle)
        return tuple([c for c in grow if not c.from_encoder])

    @property
    def state_elements_per_sequence(self) -> int:
        """Elements of recurrent and convolution state, whatever the length."""
        return sum(c.elements(0) for c in self.caches if c.kind == "state")

    @property
    def rank_state_bytes(self) -> int:
        """Bytes of recurrent and convolution state of one sequence on one rank of those that work on it."""
        return sum(c.rank_bytes(0) for c in self.caches if c.kind == "state")

    def totals(self) -> dict[str, int]:
        """Return the figures that need no length, by name."""
        return {name: getattr(self, name) for name in _TOTALS}

    def kv_cache(self) -> list[dict[str, Any]]:
        """Return the cache of one sequence at the schedule's length and at a long one, windowed and reserved."""
        lengths = sorted({self.schedule.context_len + self.schedule.seq_len, LONG_CONTEXT})
        formats = list(dict.fromkeys(c.dtype for c in self.caches if c.kind != "state"))
        return [
            {
                "tokens": tokens,
                "formats": formats,
                "reserve": reserve,
                "elements": self.kv_cache_elements(tokens, reserve=reserve),
                "bytes": self.kv_cache_bytes(tokens, reserve=reserve),
                "rank_bytes": self.rank_kv_cache_bytes(tokens, reserve=reserve),
            }
            for tokens in lengths
            for reserve in (False, True)
        ]

    def table(self, what: Literal["operators", "weights", "caches", "transfers"]) -> dict[str, list[Any]]:
        """Return operators, weights, caches or transfers as columns of equal length, as data frames take them.

        `pandas.DataFrame`, `polars.DataFrame` and `pyarrow.table` take the answer as it is. Columns are the fields that
        JSON has; operators have their `share` of the FLOPs and `intensity`, FLOPs for each byte, beside them, weights
        their share of what one rank loads, and transfers theirs of what is sent. A table without rows has its columns
        still; a column is one of floats where an integer of it has more than 64 bits.

        Raises:
            ValueError: a graph has no such table.
        """
        from llmsim_adapters.graph.tables import WHAT, table  # only who asks for one needs it

        if what not in WHAT:
            message = f"no table {what!r}; there are {', '.join(WHAT[:-1])} and {WHAT[-1]}"
            raise ValueError(message)
        total = {"operators": self.flops, "weights": self.weight_bytes, "transfers": self.transfer_bytes}.get(what, 0)
        loaded = [self._loads(weight) for weight in self.weights] if what == "weights" else ()
        return table(what, getattr(self, what), total, loaded)

    def __repr__(self) -> str:
        weights = human(int(self.weight_bytes), "bytes")
        ranks = f", {self.schedule.world_size} ranks" if self.schedule.world_size > 1 else ""
        return (
            f"<OperatorGraph {printable(self.builder or 'of no builder')}: {human(int(self.parameters), 'elements')} "
            f"parameters, {weights} a rank, {len(self.operators)} operators{ranks}>"
        )

    def _repr_html_(self) -> str:
        """Return the totals and the operators that move most, for notebooks."""
        from llmsim_adapters.markup import block, sentence, table  # only notebooks need it

        figures = (
            (name.replace("_", " "), value, *MEANINGS.get(name, MARGINAL[1:])) for name, value in self.totals().items()
        )
        totals = ((name, f"{value:,}", human(value, unit), f"{unit}, {of}") for name, value, unit, of in figures)
        moved = self.bytes_moved
        largest = sorted(self.operators, key=lambda op: -op.bytes)
        operators = (
            (
                op.path,
                " × ".join(op.dtypes[:2]),
                human(op.flops, "FLOPs"),
                human(op.bytes, "bytes"),
                f"{100 * op.bytes / moved:.1f} %" if moved else "",
                f"{op.flops / op.bytes:,.3g}" if op.bytes else "",
            )
            for op in largest[:_LARGEST]
        )
        weights = ", ".join(dict.fromkeys(weight.rank_dtype or weight.dtype for weight in self.weights))
        caches = ", ".join(dict.fromkeys(cache.dtype for cache in self.caches))
        return block(
            repr(self).strip("<>"),
            sentence(f"{self.schedule.world_size:,} ranks; weights: {weights}; caches: {caches or 'none'}"),
            table(("Figure", ">Value", ">", "Of"), totals),
            table(("Operator, a step of one rank", "Formats", ">FLOPs", ">Bytes", ">Share", ">FLOP/byte"), operators),
            sentence(f"and {len(largest) - _LARGEST} more") if len(largest) > _LARGEST else "",
            *(sentence(f"In doubt: {gap}") for gap in self.gaps),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the graph with every operator and weight, ready for JSON."""
        return {
            "builder": self.builder,
            "gaps": [gap.to_dict() for gap in self.gaps],
            "schedule": self.schedule.to_dict(),
            "totals": self.totals(),
            "kv_cache": self.kv_cache(),
            "caches": [cache._asdict() for cache in self.caches],
            "operators": [operator.to_dict() for operator in self.operators],
            "weights": [weight.to_dict() for weight in self.weights],
            "transfers": [transfer.to_dict() for transfer in self.transfers],
            "ranks": self.schedule.world_size,
            "notes": list(self.notes),
            "media": [item.to_dict() for item in self.media],
        }


_TOTALS: Final = (
    "parameters",
    "mtp_parameters",
    "buffers",
    "active_parameters",
    "flops",
    "flops_executed",
    "weight_bytes",
    "transfer_bytes",
    "kv_cache_elements_per_token",
    "state_elements_per_sequence",
)

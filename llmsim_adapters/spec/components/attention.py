"""Mixers that attend to other tokens."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.spec.components.attention_parts import AttentionPart
    from llmsim_adapters.spec.components.norms import Norm
    from llmsim_adapters.spec.components.sparse_attention import Indexer, StridedBlocks

Option = TypeVar("Option", bound="AttentionPart")


_Kind = TypeVar("_Kind", bound=type)

GATE_AND_SINKS: Final[dict[str, Any]] = {"gate_size": 0, "sinks": False}
_WORDS: Final[dict[str, Any]] = {
    **GATE_AND_SINKS,
    **dict.fromkeys(("gate_bias", "head_gate_bias", "sink_projection", "dynamic_convolution"), False),
    **dict.fromkeys(("dynamic_mask", "differential"), False),
    **dict.fromkeys(("convolution", "channel_kernel", "head_kernel", "relative_size", "relative_extent"), 0),
    "relative_norm": None,
}


def words_of_0_1(words: dict[str, Any]) -> Callable[[_Kind], _Kind]:
    """Let a class of attention be made by, and have, the fields of 0.1 for what are options of it now, with defaults.

    Options follow the other fields, so that `dataclasses.replace` changes them, and their sizes, as it did.
    """

    def decorate(kind: _Kind) -> _Kind:
        of_class: Any = kind
        plain = of_class.__init__

        @wraps(plain)
        def init(self: Any, *args: Any, **fields: Any) -> None:
            if fields.get("options") or not words.keys().isdisjoint(fields):
                from llmsim_adapters.spec.components.attention_words import following

                said = {name: fields.pop(name) for name in words.keys() & fields.keys()}
                fields["options"] = following(fields, said)
            plain(self, *args, **fields)

        def word(name: str, default: Any) -> property:
            def read(self: Any) -> Any:
                from llmsim_adapters.spec.components.attention_words import said_by

                return said_by(self.options).get(name, default)

            return property(read, doc="What an option of it says, as in 0.1.")

        of_class.__init__ = init
        for name, default in words.items():
            setattr(of_class, name, word(name, default))
        return kind

    return decorate


def option_of(options: tuple[AttentionPart, ...], kind: type[Option]) -> Option | None:
    """Return the first of a kind among options."""
    for option in options:
        if isinstance(option, kind):
            return option
    return None


@words_of_0_1(_WORDS)
@dataclass(frozen=True, slots=True, kw_only=True)
class Attention(Component):
    """Softmax attention with grouped key/value heads (arXiv:2305.13245).

    One head is plain multi-query, as many as query heads plain multi-head attention.

    Attributes:
        input_size: the size of what queries, keys and values are projected from, where it is not `hidden_size`.
        source_size: the size of what keys and values alone are projected from, where it is another, as an encoder's.
        value_head_dim: the size of value heads, where it is not `head_dim`.
        q_lora_rank: the size of what queries are projected from, normalised, where they are projected in two steps
            (multi-matrix factorization attention, arXiv:2412.19255); None: in one.
        qkv_bias, o_bias: biases of the projections; `key_bias` False leaves out that of the keys alone.
        q_norm, k_norm, v_norm: norms of queries, keys and values, of each head or of all together, by their size.
        output_norm: a norm of the heads' results before the output projection.
        window: the number of latest tokens, the present one included, that a token attends to; None: all.
        later_window: the number of later tokens that it attends to where it is not causal; None: one less than
            `window`.
        chunked: the tokens come in chunks of `window`, and a token attends to those of its own chunk only.
        chunks: where they do, how many chunks a window is: a token attends to its own and to those before (Rnj-1).
        rotary_fraction: the part of each head that rotary positions turn; 0: none.
        block: the tokens come in blocks of so many, which are decoded together: a token attends to all of its own
            block, later ones too, and to the blocks before; 0: they come one by one.
        keys_as_values: whether the projected keys are the values too, before the norms and positions of both.
        cached: whether keys and values are kept for later tokens; not so in an encoder, which has none.
        borrows_cache: whether keys and values are those of an earlier layer, which has the projections and the cache.
        top_k: the number of tokens, in blocks of `top_k_block`, that a token attends to, its own block among them. With
            `top_k_tail`, the blocks are whole ones, and the tokens after the last one are attended to beside them.
        indexer: what chooses them (MiniMax-M3).
        strides: the pattern of blocks that a token attends to (Phi-3-small); None: all that causality leaves.
        queries: trained vectors that ask in place of the rows themselves, so many in each picture or tile (attention
            pooling; perceivers, arXiv:2103.03206); 0: the rows ask.
        asks_queries: whether keys and values are also made of these vectors, beside the rows (Flamingo's resampler,
            arXiv:2204.14198).
        leading: so many first tokens of a canvas, which see none of the others.
        merges_source: whether the same projections make keys and values of an encoder's output too, all of which each
            token attends to beside the other tokens (T5Gemma 2).
        copied: whether every rank has all of its heads, though others of the model are split.
        options: what it has beside these, each of a kind of its own (`attention_parts`).
    """

    kind: ClassVar[str] = "attention"
    attends: ClassVar[bool] = True

    hidden_size: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    input_size: int | None = None
    source_size: int | None = None
    value_head_dim: int | None = None
    q_lora_rank: int | None = None
    qkv_bias: bool = False
    key_bias: bool = True
    o_bias: bool = False
    q_norm: Norm | None = None
    k_norm: Norm | None = None
    v_norm: Norm | None = None
    output_norm: Norm | None = None
    window: int | None = None
    later_window: int | None = None
    chunked: bool = False
    chunks: int = 1
    softcap: float | None = None
    rotary_fraction: float = 1.0
    causal: bool = True
    block: int = 0
    keys_as_values: bool = False
    cached: bool = True
    borrows_cache: bool = False
    top_k: int | None = None
    top_k_block: int = 1
    top_k_tail: bool = False
    indexer: Indexer | None = None
    strides: StridedBlocks | None = None
    queries: int = 0
    asks_queries: bool = False
    leading: int = 0
    merges_source: bool = False
    copied: bool = False
    options: tuple[AttentionPart, ...] = ()

    def parts(self) -> tuple[Component, ...]:
        parts = (self.q_norm, self.k_norm, self.v_norm, self.output_norm, self.indexer, *self.options)
        return tuple(filter(None, parts))

    def option(self, kind: type[Option]) -> Option | None:
        """Return the option of a kind that it has."""
        return option_of(self.options, kind)

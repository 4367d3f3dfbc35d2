"""A Q-former: trained queries that attend to themselves and, every so many layers, to an encoder (arXiv:2301.12597).

Source: transformers `Blip2QFormerConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm, layers
from llmsim_adapters.dialects.assembly.tower import full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import QueryAttention
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader


def read(r: Reader) -> ModelSpec:
    r.only("use_qformer_text_input", False)
    blocks = [_block(r, name, crosses=name == "crossing") for name in ("crossing", "layer")]
    every = r.size("cross_attention_frequency")
    order = tuple([0 if index % every == 0 else 1 for index in range(layers(r))])
    found = tuple(blocks) if 1 in order else (blocks[0],)
    return ModelSpec(r.model_type, (Stack("encoder", found, order, before=(layer_norm(r),), axis="patches"),))


def _block(r: Reader, name: str, *, crosses: bool) -> Block:
    norm, attention = layer_norm(r), full_attention(r)
    crossing = QueryAttention(
        hidden_size=attention.hidden_size,
        num_attention_heads=attention.num_attention_heads,
        head_dim=attention.head_dim,
        source_size=r.size("source_size"),
    )
    mixers = (attention, *((crossing,) if crosses else ()), mlp(r, bias=True, gated=False))
    return Block(name, tuple([Sublayer((mixer,), (), (norm,)) for mixer in mixers]))


def same_queries(stack: Stack, queries: int) -> Stack:
    """Return the stack with a first layer that asks the same of all windows, so that its queries run once.

    What runs once attends in the rule's `windows`.
    """
    first = stack.blocks[0]
    own, crossing, network = first.sublayers
    (attention,), (cross,) = own.mixers, crossing.mixers
    once = (
        replace(own, mixers=(replace(attention, window=queries),), rows="once"),  # type: ignore[call-arg]
        replace(crossing, mixers=(replace(cross, once=True),)),  # type: ignore[call-arg]
        network,
    )
    blocks = (Block("first", once), *stack.blocks)
    order = (0, *[index + 1 for index in stack.order[1:]])
    used = sorted(set(order))
    return replace(
        stack,
        blocks=tuple([blocks[index] for index in used]),
        order=tuple([used.index(index) for index in order]),
        before_rows=("once",) * len(stack.before),
    )


DIALECT = Dialect(
    "blip_2_qformer",
    read,
    {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "hidden_act": "gelu",
        "cross_attention_frequency": 2,
        "source_size": 1408,
        "use_qformer_text_input": False,
        "vocab_size": 30522,
    },
    aliases={"encoder_hidden_size": "source_size"},
    costless={"vocab_size": "only queries are asked, no words", "max_position_embeddings": "queries have no positions"},
)


def of_encoder(width: int, former: Dialect = DIALECT, **sizes: int) -> Dialect:
    """Return the dialect of a Q-former that asks an encoder of a width, from which others of its `sizes` may follow."""
    return former.taking("the class takes it from the encoder", source_size=width, **sizes)

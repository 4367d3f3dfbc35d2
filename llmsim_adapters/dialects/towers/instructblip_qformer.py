"""InstructBLIP's Q-former: queries that attend to themselves and to the words of an instruction (arXiv:2305.06500).

Queries alone attend to the encoder, and have networks of their own. Source: transformers `InstructBlipQFormerConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.towers import blip_2_qformer
from llmsim_adapters.spec.components import Embedding, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Block, ModelSpec, Sublayer


def read(r: Reader) -> ModelSpec:
    spec = blip_2_qformer.read(r)
    (stack,) = spec.stacks
    hidden = r.size("hidden_size")
    before = (
        Embedding(vocab_size=r.size("vocab_size"), hidden_size=hidden),
        PositionEmbedding(positions=r.size("max_position_embeddings"), hidden_size=hidden),
        *stack.before,
    )
    rows = ("words", "words", *("rows",) * len(stack.before))
    blocks = tuple([replace(block, sublayers=_with_words(block)) for block in stack.blocks])
    return replace(spec, stacks=(replace(stack, blocks=blocks, before=before, before_rows=rows),))


def _with_words(block: Block) -> tuple[Sublayer, ...]:
    """Return the sublayers of a block: attention of all to all, and networks of queries and of words."""
    attention, *crossing, network = block.sublayers
    of_queries = [replace(each, rows="queries") for each in (*crossing, network)]
    return (attention, *of_queries, replace(network, rows="words"))


DIALECT = blip_2_qformer.DIALECT.like("instructblip_qformer", read=read, max_position_embeddings=512)

"""BigBird-Pegasus: biases in the feed-forward network only, and an encoder that may attend to blocks of long texts.

Source: transformers `BigBirdPegasusConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.classic import unrotated_attention
from llmsim_adapters.dialects.assembly.decoder_alone import OF_ENCODER, decoder_alone, is_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.types import bart
from llmsim_adapters.spec.components import Head

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_OF_BLOCKS: Final = ("block_size", "num_random_blocks")


def read(r: Reader) -> ModelSpec:
    mixer = unrotated_attention(r, bias=r.flag("attention_bias"))
    spec = decoder_alone(r, mixer, inputs=(learned_positions(r),), words=True)
    if is_alone(r):
        r.no_effect(("attention_type", *_OF_BLOCKS), OF_ENCODER)
        r.no_effect(("tie_word_embeddings",), "the class ties nothing, whatever the key says")
        return spec.transform(Head, lambda h: replace(h, weight_of="itself"))
    if r.word("attention_type", ("block_sparse", "original_full")) == "block_sparse":
        r.not_modelled("block_sparse_attention")
    r.no_effect(_OF_BLOCKS, "of blocks that tokens attend to, which are not there or not modelled")
    return spec


DIALECT = bart.DIALECT.like(
    "bigbird_pegasus",
    read=read,
    vocab_size=96103,
    max_position_embeddings=4096,
    num_hidden_layers=16,
    hidden_act="gelu_new",
    encoder_layers=16,
    attention_bias=False,
    attention_type="block_sparse",
)

"""T5Gemma 2's encoder of words: Gemma 3's layers, whose tokens see later ones. Source: `T5Gemma2TextConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import blocks, decoder, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.assembly.patterns import each_changed, each_layer
from llmsim_adapters.dialects.types import gemma3_text
from llmsim_adapters.spec.components import Embedding, Norm, PositionEmbedding
from llmsim_adapters.spec.model import Stack

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    """Read a decoder with these layers, and the vector of the token that ends a picture, which is in no table."""
    softcap = r.number("final_logit_softcapping", least=0)
    mixers = each_changed(attentions(r), lambda mixer: replace(mixer, merges_source=True))
    return decoder(r, mixers, mlp(r), layout=sandwich_norm, inputs=(_end(r),), softcap=softcap)


def _end(r: Reader) -> PositionEmbedding:
    return PositionEmbedding(positions=1, hidden_size=r.size("hidden_size"))


def words(r: Reader, *, tied: bool) -> Stack:
    """Read the encoder; a window is that of earlier and later tokens together, of which the later ones may be more.

    Where tables are not `tied`, it has its own.
    """
    table = Embedding(vocab_size=r.size("vocab_size"), hidden_size=r.size("hidden_size"))
    before = () if tied else (table, _end(r))
    mixers, norm = each_changed(attentions(r), _both_ways), Norm(r.size("hidden_size"))
    distinct, order = blocks(mixers, mlp(r), norm, sandwich_norm, layers(r))
    return Stack(
        "encoder", distinct, order, before=before, after=(norm,), source=True, counted_by="encoder_num_hidden_layers"
    )


def attentions(r: Reader) -> list[Attention]:
    """Read the attention of each layer, with norms of heads; every sixth one sees everything."""
    base = attention(
        r, bias=r.flag("attention_bias"), qk_norm=True, softcap=r.number("attn_logit_softcapping", least=0)
    )
    return each_layer(windowed(r, base, gemma3_text.sliding_layers(r)), layers(r))


def _both_ways(mixer: Attention) -> Attention:
    free = replace(mixer, causal=False, cached=False)
    if mixer.window is None:
        return free
    return replace(free, window=(mixer.window + 1) // 2, later_window=mixer.window // 2)


DIALECT = gemma3_text.DIALECT.like(
    "t5gemma2_text",
    read=read,
    hidden_size=2304,
    intermediate_size=9216,
    num_hidden_layers=26,
    num_attention_heads=8,
    num_key_value_heads=4,
    sliding_window=4096,
    costless={"dropout_rate": "a dropout"},
)

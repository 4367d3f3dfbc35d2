"""Reformer: attention inside chunks, some of them of tokens with the same hashes; two reversible streams.

What both streams end in is normalised and predicted from together. Source: transformers `ReformerConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from math import lcm
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.assembly.encoders import layer_norm_of
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import AxialPositionEmbedding, ChunkAttention, Head, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_MOST_AXES: Final = 8
_HASHED: Final = "lsh"
_IN_ORDER: Final = "local"
_ONLY: Final = {
    _HASHED: ("lsh_attn_chunk_length", "lsh_num_chunks_before", "num_hashes", "num_buckets"),
    _IN_ORDER: ("local_attn_chunk_length", "local_num_chunks_before"),
}


def read(r: Reader) -> ModelSpec:
    kinds = r.words("attn_layers", _ONLY) or ()
    r.check("attn_layers", len(kinds) > 0, "names no layer")
    kinds = kinds or [_IN_ORDER]
    r.agree("num_hidden_layers", len(kinds), "attn_layers has one entry for each layer")
    r.derive("num_hidden_layers", len(kinds))
    mixers = {kind: _attention(r, kind) for kind in _ONLY if kind in kinds}
    for kind in _ONLY.keys() - mixers.keys():
        r.no_effect(_ONLY[kind], f"no layer is of the kind {kind!r}")
    hidden = r.size("hidden_size")
    spec = decoder(
        r,
        [mixers[kind] for kind in kinds],
        mlp(r, gated=False, bias=True),
        norm=layer_norm(r),
        final_norm=False,
        inputs=(_positions(r),),
        head_bias=True,
    )
    r.no_effect(("tie_word_embeddings",), "the head takes two hidden states, and no table has as many features")
    spec = spec.transform(Head, lambda h: replace(h, hidden_size=2 * hidden, weight_of="itself"))
    lengths = [int(mixer.chunk_length) for mixer in mixers.values()]
    (text,) = spec.stacks
    text = replace(
        text,
        after=(layer_norm_of(2 * hidden),),
        pad_to=r.derive("padded_to", lcm(*lengths)),
        pad_above=min(lengths),
    )
    return replace(spec, stacks=(text,))


def _attention(r: Reader, kind: str) -> ChunkAttention:
    base = ChunkAttention(
        hidden_size=r.size("hidden_size"),
        num_attention_heads=r.size("num_attention_heads"),
        head_dim=r.size("head_dim"),
        chunk_length=r.size(f"{kind}_attn_chunk_length"),
        chunks_before=r.count(f"{kind}_num_chunks_before"),
    )
    if kind == _IN_ORDER:
        return base
    return replace(
        base,
        hashes=r.size("num_hashes"),
        rotations=_rotations(r),
        max_positions=r.size("max_position_embeddings"),
    )


def _rotations(r: Reader) -> int | None:
    """Read how many products a hash takes: half of `num_buckets`, or of the sum of its factors; null: it depends."""
    if isinstance(r.raw.get("num_buckets"), list):
        factors = r.integers("num_buckets", least=2) or ()
        r.check("num_buckets", len(factors) > 0 and not any(factor % 2 for factor in factors), "has to be even numbers")
        return r.derive("hash_rotations", sum(factors) // 2)
    buckets = r.optional_size("num_buckets")
    r.check("num_buckets", buckets is None or buckets % 2 == 0, "has to be an even number")
    return None if buckets is None else buckets // 2


def _positions(r: Reader) -> AxialPositionEmbedding | PositionEmbedding:
    if not r.flag("axial_pos_embds"):
        r.no_effect(("axial_pos_shape", "axial_pos_embds_dim"), "axial_pos_embds is false")
        return learned_positions(r)
    shape, sizes = _numbers(r, "axial_pos_shape"), _numbers(r, "axial_pos_embds_dim")
    r.check("axial_pos_embds_dim", len(shape) == len(sizes), "has another number of axes than axial_pos_shape")
    hidden = r.size("hidden_size")
    r.check(
        "axial_pos_embds_dim", sum(sizes) == hidden, lambda: f"has the sum {sum(sizes)}; hidden_size is {int(hidden)}"
    )
    axes = min(len(shape), len(sizes))
    return AxialPositionEmbedding(shape=shape[:axes], sizes=sizes[:axes])


def _numbers(r: Reader, name: str) -> tuple[int, ...]:
    said = r.integers(name) or ()
    r.check(name, 0 < len(said) <= _MOST_AXES, lambda: f"has {len(said)} axes; expected 1 to {_MOST_AXES}")
    return tuple(r.derive(f"{name}_{axis}", number) for axis, number in enumerate(said))


DIALECT = Dialect(
    "reformer",
    read,
    note="the head has one bias here, that of its matrix: transformers' class allocates another, which nothing adds",
    defaults={
        "vocab_size": 320,
        "hidden_size": 256,
        "intermediate_size": 512,
        "num_attention_heads": 12,
        "head_dim": 64,
        "hidden_act": "relu",
        "attn_layers": ["local", "lsh", "local", "lsh", "local", "lsh"],
        "axial_pos_embds": True,
        "axial_pos_shape": [64, 64],
        "axial_pos_embds_dim": [64, 192],
        "local_attn_chunk_length": 64,
        "local_num_chunks_before": 1,
        "lsh_attn_chunk_length": 64,
        "lsh_num_chunks_before": 1,
        "num_hashes": 1,
        "num_buckets": None,
        "max_position_embeddings": 4096,
        "tie_word_embeddings": False,
    },
    aliases={"attention_head_size": "head_dim", "feed_forward_size": "intermediate_size"},
    costless={
        "chunk_size_lm_head": "how the same head is executed",
        "hash_seed": "of random vectors",
        **dict.fromkeys(("local_num_chunks_after", "lsh_num_chunks_after"), "0 in every model that predicts tokens"),
        **dict.fromkeys(
            ("axial_norm_std", "local_attention_probs_dropout_prob", "lsh_attention_probs_dropout_prob"),
            "training only",
        ),
    },
    causal_lm=("ReformerModelWithLMHead",),
)

"""CPM-Ant: trained prompts before every sequence, which tokens attend to both ways. Source: `CpmAntConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import MLP, Embedding, Head, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    prompt, segments = r.size("prompt_length"), r.size("segment_types")
    mixer = replace(attention(r, rotary_fraction=0.0), causal=False)
    distances = r.size("position_bias_num_buckets") + segments * segments
    inputs = (
        PositionEmbedding(positions=segments, hidden_size=r.size("hidden_size")),
        PositionEmbedding(positions=distances, hidden_size=mixer.num_attention_heads),
    )
    spec = decoder(r, mixer, mlp(r), inputs=inputs)
    r.no_effect(("tie_word_embeddings",), "the table has rows for prompts, too: the class does not tie it")
    rows = r.size("prompt_types") * prompt
    spec = spec.transform(Embedding, lambda e: replace(e, vocab_size=e.vocab_size + rows))
    spec = spec.transform(Head, lambda h: replace(h, weight_of="itself"))
    spec = spec.transform(MLP, lambda m: replace(m, activation="gelu"))
    (text,) = spec.stacks
    return replace(spec, stacks=(replace(text, prompt=prompt),))


DIALECT = Dialect(
    "cpmant",
    read,
    defaults={
        "vocab_size": 30720,
        "hidden_size": 4096,
        "intermediate_size": 10240,
        "num_hidden_layers": 48,
        "num_attention_heads": 32,
        "head_dim": 128,
        "prompt_length": 32,
        "prompt_types": 32,
        "segment_types": 32,
        "position_bias_num_buckets": 512,
        "tie_word_embeddings": True,
    },
    aliases={"dim_head": "head_dim", "dim_ff": "intermediate_size"},
    costless={
        "position_bias_max_distance": "how distances are sorted into position_bias_num_buckets",
        "eps": "a scalar in norms: elementwise",
        "dropout_p": "training only",
    },
)

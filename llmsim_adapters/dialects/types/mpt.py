"""MPT: ALiBi positions, no biases, a fixed feed-forward width of 4 x hidden. Source: `MptConfig`, `MptMLP`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, fixed_width
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    inner = r.nested("attn_config")
    if inner is not None:
        inner.mark("model_type", "architectures", "dtype")
        if inner.text("attn_type") not in (None, "multihead_attention"):
            inner.not_modelled("attn_type")
    return classic(r, bias=False, width=fixed_width(r), norm=layer_norm(r, bias=False))


_NOT_READ = "transformers' class declares it and builds the same network whatever it says"

DIALECT = Dialect(
    "mpt",
    read,
    defaults={
        "vocab_size": 50368,
        "hidden_size": 2048,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "hidden_act": "gelu",
        "tie_word_embeddings": True,
    },
    costless={
        **dict.fromkeys(
            ("expansion_ratio", "learned_pos_emb", "no_bias", "embedding_fraction", "norm_type", "qk_ln", "alibi"),
            _NOT_READ,
        ),
        **dict.fromkeys(
            ("attn_impl", "attn_uses_sequence_id", "prefix_lm", "init_device", "init_config", "verbose"), _NOT_READ
        ),
        "tokenizer_name": "names the tokenizer, no architecture",
        "max_seq_len": "bounds the context; ALiBi has no table of weights",
        "alibi_bias_max": "the slopes of ALiBi: elementwise",
        "clip_qkv": "clips activations: elementwise",
        "softmax_scale": "a factor of the scores: elementwise",
        "logit_scale": "a factor of the logits: elementwise",
    },
)

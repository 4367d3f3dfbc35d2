"""XLNet: attention with keys of positions, over the hidden states that it keeps. Source: `XLNetConfig`."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import PositionEmbedding, RelativeAttention
from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, heads = r.size("hidden_size"), r.size("num_attention_heads")
    direction = r.text("attn_type")
    if direction not in ("bi", "uni"):
        r.refuse("attn_type", direction, "'bi' or 'uni'")
    mixer = RelativeAttention(
        hidden_size=hidden,
        num_attention_heads=heads,
        head_dim=r.size_or("head_dim", lambda: hidden // heads),
        memory=memory(r),
        causal=direction == "uni",
    )
    if not r.flag("use_mems_eval"):
        mixer = replace(mixer, cached=False)
    mask = PositionEmbedding(positions=1, hidden_size=hidden)
    return classic(r, mixer, layout=post_norm, final_norm=False, inputs=(mask,), head_bias=True)


def memory(r: Reader) -> int | None:
    """Read how many hidden states are kept: the latest `mem_len`, of one step the first `reuse_len`; 0: all."""
    kept = [size for size in (r.count("mem_len"), r.count("reuse_len")) if size]
    return reduce(minimum, kept) if kept else None


DIALECT = Dialect(
    "xlnet",
    read,
    defaults={
        "vocab_size": 32000,
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "head_dim": None,
        "hidden_act": "gelu",
        "attn_type": "bi",
        "mem_len": 512,
        "reuse_len": None,
        "use_mems_eval": True,
        "tie_word_embeddings": True,
    },
    aliases={"d_inner": "intermediate_size", "ff_activation": "hidden_act", "n_token": "vocab_size"},
    costless={
        "bi_data": "whether half of the sequences are read backwards: elementwise",
        "clamp_len": "bounds the distances whose keys are computed: elementwise",
        "same_length": "which pairs of tokens a mask leaves out; products are counted with all of them",
        "untie_r": "transformers has biases of positions in every layer; it does not read the key",
        **dict.fromkeys(("use_mems_train", "summary_last_dropout"), "training only"),
        **dict.fromkeys(("start_n_top", "end_n_top"), "a head for answers, which no language model has"),
    },
)

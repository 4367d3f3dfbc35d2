"""Nomic Embed: BERT with rotary positions and gated networks. Source: transformers `NomicBertConfig`.

Checkpoints of remote code say it in GPT-2's words; those of version 2 have biases, networks without a gate, and experts
in every other layer (vLLM 0.33's `bert_with_rope.py`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import activation, attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm, layers
from llmsim_adapters.dialects.assembly.encoders import count_as_causal, masked, token_kinds
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.types import bert

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    _of_tables(r)
    for name in ("causal", "expert_choice_router", "parallel_block", "use_rms_norm"):
        r.only(name, False)
    bias = r.flag("qkv_proj_bias")
    for name in ("mlp_fc1_bias", "mlp_fc2_bias"):
        r.check(name, not r.has(name) or r.flag(name) is bias, "differs from qkv_proj_bias")
    dense = mlp(r, bias=bias, gated=not (r.has("qkv_proj_bias") and activation(r) == "gelu"))
    every = r.count("moe_every_n_layers")
    if not every:
        r.no_effect(("num_experts", "num_experts_per_tok"), "no layer has experts")
        return rotated(r, dense, bias=bias, spare_bias=True)
    r.derive("moe_intermediate_size", r.size("intermediate_size"))
    experts = replace(mixture_of_experts(r, gated=dense.gated), output_bias=True)
    return rotated(r, [experts if i % every == 1 else dense for i in range(layers(r))], bias=bias, spare_bias=True)


def _of_tables(r: Reader) -> None:
    """Note what the tables of remote code have besides: positions that nothing rotates, rows that fill them up."""
    if r.number("rotary_emb_fraction", least=0, most=1) == 0:
        r.not_modelled("position_table")
    multiple = r.optional_size("pad_vocab_size_multiple")
    if multiple is not None and r.size("vocab_size") % multiple:
        r.not_modelled("padded_vocabulary")
    r.no_effect(("rotary_emb_fraction",), "rotation: elementwise")
    r.no_effect(("pad_vocab_size_multiple",), "the vocabulary is a multiple of it")


def rotated(r: Reader, network: Component | list[Component], *, bias: bool, spare_bias: bool) -> ModelSpec:
    """Read an encoder with rotary positions, of such networks and attention with biases or without."""
    count_as_causal(r)
    mixer = replace(attention(r, bias=bias, causal=False), cached=False)
    norm = layer_norm(r)
    inputs = (token_kinds(r), norm) if r.count("type_vocab_size") else (norm,)
    spec = decoder(r, mixer, network, layout=post_norm, norm=norm, inputs=inputs, final_norm=False, head_bias=True)
    return masked(r, spec, spare_bias=spare_bias, pooler=False)


DIALECT = bert.DIALECT.like(
    "nomic_bert",
    read=read,
    aliases={"moe_top_k": "num_experts_per_tok"},
    costless={
        **dict.fromkeys(
            ("fused_bias_fc", "fused_dropout_add_ln", "use_flash_attn", "use_xentropy", "dense_seq_output"),
            "how it is executed",
        ),
        **dict.fromkeys(("rotary_emb_base", "rotary_scaling_factor"), "rotation: elementwise"),
        **dict.fromkeys(("max_trained_positions", "rotary_emb_interleaved"), "rotation: elementwise"),
        **dict.fromkeys(("rotary_emb_scale_base", "n_positions"), "rotation: elementwise, without a table of weights"),
        **dict.fromkeys(("moe_normalize_expert_weights", "moe_resid_pdrop"), "how experts are weighted: elementwise"),
        "ffn_div": "1: the widths of experts are those that are said",
        "moe_impl": "how it is executed",
        "parallel_block_tied_norm": "no layer has its mixers side by side",
        "position_embedding_type": "the class has rotary positions only",
        "prenorm": "whether norms stand before mixers or behind them: as many in any case",
    },
    neutral={"ffn_div": 1.0},
    vocab_size=30528,
    hidden_act="silu",
    causal=False,
    expert_choice_router=False,
    parallel_block=False,
    use_rms_norm=False,
    head_dim=None,
    num_shared_experts=0,
    moe_every_n_layers=0,
    qkv_proj_bias=False,
    mlp_fc1_bias=False,
    mlp_fc2_bias=False,
)

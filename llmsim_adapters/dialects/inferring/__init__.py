"""The inferring dialect: a config of a type that nobody declared, read by its keys alone.

What a key says is read as in any other dialect. Each assumption that no key confirms is an `inferred` gap, so that such
a model is never better than partially supported, and its figures are as good as the list of assumptions says. No
module here knows a model type or a module of `types`, and of an architecture's name only the ending counts, which says
whether there is a head. `docs/inference.md` measures how far that goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.inferring.decoders import any_decoder
from llmsim_adapters.dialects.inferring.halves import decoder_of_a_pair
from llmsim_adapters.dialects.inferring.tables import bert_like
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.reading.reading import Origin

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    _head(r)
    if not r.has("intermediate_size") and r.has("hidden_size"):
        r.stand_in("intermediate_size", "hidden_dim")  # Llama's reference code: beside `dim`, it is the network's
    elif not r.has("hidden_size"):
        r.stand_in("hidden_size", "hidden_dim")
    if r.has("type_vocab_size"):
        spec = bert_like(r)
    elif r.has("decoder_layers"):
        spec = decoder_of_a_pair(r)
    else:
        spec = any_decoder(r)
    r.inferred("embedding", "the table of tokens is taken to have vocab_size rows, and no other to stand beside it")
    r.inferred("layers", "no key says so: every layer is taken to run once, with weights of its own")
    for name, parameter in r.parameters.items():
        if parameter.origin is Origin.DEFAULTED and parameter.value is not None:
            r.inferred(name, f"no key says so: taken to be {parameter.value}, as is usual")
    return spec


def _head(r: Reader) -> None:
    """Take an architecture to have a language model's head, unless its name is a bare model's or for another task."""
    name, named = r.architecture, r.raw.get("auto_map")
    mapped = named.__class__ is dict and "AutoModelForCausalLM" in named
    if mapped or not (name.endswith("Model") or "For" in name):
        r.causal_lm = (*r.causal_lm, name)
    taken = "one matrix" if r.has_language_head() else "none"
    r.inferred("head", f"no key says so: the head is taken to be {taken}")


DIALECT: Final = Dialect(
    "",
    read,
    defaults={
        "tie_word_embeddings": True,  # transformers 4 leaves it out of files where it is its own default, which is true
        "moe_layer_freq": 1,
        "decoder_sparse_step": 1,
        "moe_layer_interval": 1,
        "interleave_moe_layer_step": 1,
        "no_rope_layer_interval": 1,
        "block_size": 256,
        "conv_kernel": 4,
        "linear_conv_kernel_dim": 4,
        "mamba_expand": 2,
        "mamba_chunk_size": 256,
        "mamba_n_groups": 1,
        "mamba_conv_bias": True,
        "time_step_rank": None,
    },
    aliases={
        "add_bias_linear": "use_bias",
        "enable_bias": "use_bias",
        "use_bias": "use_bias",
        "attn_bias": "attention_bias",
        "attention_qkv_bias": "qkv_bias",
        "ff_intermediate_size": "intermediate_size",
        "attention_out_bias": "o_bias",
        "attention_output_bias": "o_bias",
        "lm_head_bias": "head_bias",
        "parallel_attn": "use_parallel_residual",
        "parallel_attention": "use_parallel_residual",
        "use_parallel_block": "use_parallel_residual",
        "use_sandwich_norm": "use_post_norm",
        "num_dense_layers": "first_k_dense_replace",
        "first_last_k_dense_replace": "first_k_dense_replace",
        "moe_num_shared_experts": "num_shared_experts",
        "shared_intermediate_size": "shared_expert_intermediate_size",
        "shared_experts_intermediate_size": "shared_expert_intermediate_size",
        "moe_shared_expert_intermediate_size": "shared_expert_intermediate_size",
        "expert_ffn_hidden_size": "moe_intermediate_size",
        "top_k_experts": "num_experts_per_tok",
        "_sliding_window_pattern": "sliding_window_pattern",
        "global_attn_every_n_layers": "sliding_window_pattern",
        "window_size": "sliding_window",
        "conv_L_cache": "conv_kernel",
        "emb_dim": "hidden_size",
        "embedding_dim": "hidden_size",
        "dim_ff": "intermediate_size",
        "d_inner": "intermediate_size",
        "dim_head": "head_dim",
        "d_kv": "head_dim",
        "norm_type": "layer_norm_type",
        "mlp_hidden_act": "hidden_act",
        "ff_activation": "hidden_act",
        "max_target_positions": "max_position_embeddings",
        "expansion_ratio": "mlp_ratio",
        "intermediate_multiple_size": "mlp_ratio",
        "input_embedding_size": "embedding_size",
        "word_embed_proj_dim": "embedding_size",
    },
)

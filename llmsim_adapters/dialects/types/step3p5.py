"""Step 3.5: sliding layers with their own number of heads, a gate for each head, experts with one beside them.

Source: SGLang's `step3p5.py` and transformers `Step3p7TextConfig`, which has the type. Published lists of layers go on
into the prediction modules.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import (
    FULL,
    SLIDING,
    decoder,
    layers,
    next_token_stack,
    prediction_modules,
)
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import experts_enumerated, experts_where
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


_OF_SLIDING: Final = ("attention_other_setting", "num_sliding_attention_heads", "per_layer_config", "sliding_window")


def read(r: Reader) -> ModelSpec:
    kinds = r.words("layer_types", (FULL, SLIDING)) or (FULL,)
    return with_layers_of(r, kinds, _sparse(r, int(layers(r))))


def with_layers_of(r: Reader, said: Sequence[str], sparse: Sequence[bool]) -> ModelSpec:
    """Read the model whose layers attend so, the last kind being that of all further ones, and have experts so."""
    count, kinds = int(layers(r)), list(said)
    r.no_further("layer_types", len(kinds), int(count))
    r.check("layer_types", len(kinds) == 1 or len(kinds) >= count, lambda: f"names {len(kinds)} layers, of {count}")
    kinds += [kinds[-1]] * (count - len(kinds))
    wide = _gated(r, attention(r, bias=r.flag("attention_bias"), qk_norm=True))
    narrow = _sliding(r, wide) if SLIDING in kinds else wide
    if SLIDING not in kinds:
        r.no_effect(_OF_SLIDING, "no layer slides")
    mixers = [narrow if kind == SLIDING else wide for kind in kinds]
    networks = experts_where(r, sparse, lambda: mlp(r), lambda: _experts(r))
    module = mixers[min(count, len(mixers) - 1)]
    mtp = next_token_stack(r, prediction_modules(r), module, mlp(r))
    return decoder(r, mixers[:count], networks, mtp=mtp)


def _gated(r: Reader, mixer: Attention) -> Attention:
    return gated(mixer, per_head=True) if r.flag("use_head_wise_attn_gate") else mixer


def _sliding(r: Reader, wide: Attention) -> Attention:
    """Read the attention of sliding layers, whose numbers of heads have keys of their own."""
    heads, groups = wide.num_attention_heads, wide.num_key_value_heads
    other = r.nested("attention_other_setting")
    if other is not None:
        r.no_effect(("num_sliding_attention_heads", "per_layer_config"), "attention_other_setting says it")
        other.no_effect(("attention_type",), "it is about sliding layers")
        heads, groups = other.size("num_attention_heads"), other.size("num_attention_groups")
        other.agree("head_dim", wide.head_dim, "all layers have heads of one size")
    else:
        r.no_effect(("per_layer_config",), "num_sliding_attention_heads says it")
        heads = r.size_or("num_sliding_attention_heads", lambda: heads)
    base = replace(wide, num_attention_heads=heads, num_key_value_heads=groups, window=r.size("sliding_window"))
    return _gated(r, base)


def _sparse(r: Reader, count: int) -> Sequence[bool]:
    """Read which layers have experts: those that a text numbers, or a list names; else all after the third."""
    enumerated = experts_enumerated(r)
    if enumerated is not None:
        r.no_effect(("mlp_layer_types",), "moe_layers_enum numbers the layers with experts")
        return enumerated
    kinds = r.words("mlp_layer_types", ("dense", "sparse"), count)
    return [i >= 3 for i in range(count)] if kinds is None else [kind == "sparse" for kind in kinds]


def _experts(r: Reader) -> MixtureOfExperts:
    corrected = r.flag("use_moe_router_bias")
    experts = mixture_of_experts(r, score_correction_bias="buffer" if corrected else None)
    return replace(experts, shared=mlp(r, width=r.size("share_expert_dim")))


DIALECT = Dialect(
    "step3p5",
    read,
    defaults={
        "vocab_size": 128815,
        "hidden_size": 4096,
        "intermediate_size": 11264,
        "num_hidden_layers": 45,
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
        "num_sliding_attention_heads": None,
        "head_dim": 128,
        "hidden_act": "silu",
        "attention_bias": False,
        "use_head_wise_attn_gate": True,
        "use_moe_router_bias": True,
        "sliding_window": 512,
        "num_experts": 288,
        "num_experts_per_tok": 8,
        "num_shared_experts": 0,
        "moe_intermediate_size": 1280,
        "share_expert_dim": 1280,
        "num_nextn_predict_layers": 0,
        "tie_word_embeddings": False,
    },
    aliases={
        "moe_num_experts": "num_experts",
        "moe_top_k": "num_experts_per_tok",
        "num_attention_groups": "num_key_value_heads",
        "share_expert_dims": "share_expert_dim",
    },
    costless={
        "mlp_bias": "the class's networks have no biases",
        "moe_router_activation": "how experts are weighted",
        "moe_router_scaling_factor": "how experts are weighted",
        "need_fp32_gate": "the number format of a product that is counted in elements",
        "norm_expert_weight": "how experts are weighted",
        "partial_rotary_factors": "how much of each head is rotated: elementwise",
        "query_pre_attn_scalar": "a factor on the scores of attention: elementwise",
        "swiglu_limits": "bounds of activations: elementwise",
        "swiglu_limits_shared": "bounds of activations: elementwise",
        "yarn_only_types": "rotation angles: tables that are computed, elementwise",
    },
    classes=("Step3p5ForCausalLM", "Step3p5MTP"),
)

"""Nemotron-H: one mixer a layer, which a list or a pattern names; experts on a latent. Source: `NemotronHConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.layouts import alone
from llmsim_adapters.dialects.assembly.recurrent import FORMER_NAMES, LINEAR, by_name, mamba2
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec, Stack

_MLP, _MOE = "mlp", "moe"
_SIGNS: Final = {"M": LINEAR, "*": FULL, "-": _MLP, "E": _MOE}

_NAMES: Final = (*_SIGNS.values(), *FORMER_NAMES)


def _pattern(r: Reader, name: str) -> list[str] | None:
    """Read a pattern of one sign for each layer."""
    signs = r.text(name)
    if signs is None:
        return None
    if not signs or set(signs) - _SIGNS.keys():
        r.refuse(name, signs, f"a text of {' '.join(_SIGNS)}")
        return None
    return [_SIGNS[sign] for sign in signs]


def _kinds(r: Reader) -> Sequence[str]:
    """Read what each layer is; how many there are follows, whatever `num_hidden_layers` says."""
    kinds = r.words("layer_types", _NAMES)
    by = "layer_types"
    if kinds:
        r.no_vote(("hybrid_override_pattern",), "layer_types", "what each layer is")
    else:
        by, kinds = "hybrid_override_pattern", _pattern(r, "hybrid_override_pattern")
    if kinds:
        r.overruled("num_hidden_layers", len(kinds), f"length of {by}")
    else:
        kinds = [LINEAR, _MOE, FULL, _MLP]
        r.no_effect(("num_hidden_layers",), "without a list of layers, the class has four")
    r.derive("num_hidden_layers", len(kinds))
    return kinds


def experts(r: Reader) -> MixtureOfExperts:
    """Read the experts; a shared one of its own width is always there."""
    bias = r.flag("mlp_bias")
    r.no_effect(("num_shared_experts",), "the type has one shared expert, whose width is given")
    return replace(
        mixture_of_experts(r, score_correction_bias="buffer", gated=False),
        shared=mlp(r, width=r.size("moe_shared_expert_intermediate_size"), bias=bias, gated=False),
        latent_size=r.optional_size("moe_latent_size"),
        latent_bias=bias,
    )


def _next_tokens(r: Reader, parts: Mapping[str, Component]) -> Stack | None:
    count = prediction_modules(r)
    if not count:
        r.no_effect(("mtp_layers_block_type", "mtp_hybrid_override_pattern"), "there is no multi-token prediction")
        return None
    kinds = (
        r.words("mtp_layers_block_type", (*_SIGNS.values(), *FORMER_NAMES))
        or _pattern(r, "mtp_hybrid_override_pattern")
        or (FULL, _MOE)
    )
    return next_token_stack(r, count, *by_name(r, parts, kinds, name="mtp_layers_block_type"))


def read(r: Reader) -> ModelSpec:
    kinds = _kinds(r)
    r.no_effect(("attention_bias", "sliding_window"), "the type's attention has neither")
    mamba = mamba2(r, r.size("mamba_num_heads") * r.size("mamba_head_dim"))
    parts: dict[str, Component] = {
        LINEAR: mamba,
        FULL: attention(r, rotary_fraction=0.0),
        _MLP: mlp(r, bias=r.flag("mlp_bias"), gated=False),
        _MOE: experts(r),
    }
    mixers = by_name(r, parts, kinds)
    return decoder(r, mixers, mixers, layout=alone, mtp=_next_tokens(r, parts))


DIALECT = Dialect(
    "nemotron_h",
    read,
    defaults={
        "vocab_size": 131072,
        "hidden_size": 4096,
        "layer_types": None,
        "hybrid_override_pattern": None,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "intermediate_size": 21504,
        "hidden_act": "relu2",
        "mlp_bias": False,
        "state_size": 128,
        "mamba_num_heads": 128,
        "mamba_head_dim": 64,
        "mamba_n_groups": 8,
        "conv_kernel": 4,
        "mamba_chunk_size": 128,
        "mamba_conv_bias": True,
        "mamba_proj_bias": False,
        "num_experts": 8,
        "num_experts_per_tok": 2,
        "num_shared_experts": 1,
        "moe_intermediate_size": 7688,
        "moe_shared_expert_intermediate_size": 7688,
        "moe_latent_size": None,
        "num_nextn_predict_layers": 0,
        "mtp_layers_block_type": None,
        "mtp_hybrid_override_pattern": None,
        "tie_word_embeddings": False,
    },
    aliases={
        "mlp_hidden_act": "hidden_act",
        "use_bias": "mamba_proj_bias",
        "mamba_proj_bias": "unused_proj_bias",
        "tie_word_embeddings": "unused_tie_word_embeddings",
    },
    neutral={"tie_word_embeddings": False},
    costless={
        "tie_word_embeddings": "transformers' class ties no weights, SGLang's does what the key says",
        "mamba_proj_bias": "the type's class does not use it; use_bias says it",
        "expand": "the heads and their size say how many channels there are",
        "mamba_expand": "the heads and their size say how many channels there are",
        "mamba_hidden_act": "the mixer's activation: elementwise",
        "mamba_ssm_cache_dtype": "the number format of the states, whose elements are counted",
        "moe_shared_expert_overlap": "whether experts run at the same time",
        **dict.fromkeys(
            ("mamba_dt_min", "mamba_dt_max", "mamba_dt_limit", "mamba_dt_init_floor"),
            "initial values of time steps and their bounds: elementwise",
        ),
    },
)

"""dots3 Note's text model: sparse attention every fourth layer, smaller sliding latent attention between, head gates.

Source: transformers `Dots3NoteTextConfig`. Published configs say the sizes of sliding layers in `swa_*`, configs that
transformers wrote say them layer by layer, in `per_layer_config`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import (
    after_dense,
    after_dense_every,
    experts_where,
    layer_flags,
    mlp_layer_types,
    per_layer_config,
)
from llmsim_adapters.dialects.assembly.sparse_attention import INDEXER_PARAMETERS, chosen_tokens
from llmsim_adapters.dialects.types import deepseek_v32

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import LatentAttention, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec

INDEXED: Final = "indexed_attention"
FULL: Final = "full_attention"
SLIDING: Final = "sliding_attention"
_SIZES: Final = (
    *("num_attention_heads", "q_lora_rank", "kv_lora_rank"),
    *("qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"),
)
_FOLLOWING: Final = ("num_key_value_heads", "head_dim")
_SLIDING_PARAMETERS: Final = tuple(f"swa_{name}" for name in (*_SIZES, *_FOLLOWING))


def read(r: Reader) -> ModelSpec:
    r.size("q_lora_rank")  # the class can't be built without
    r.no_effect(("mlp_bias",), "the class gives no feed-forward network a bias")
    base = latent_attention(r, bias=r.flag("attention_bias"))
    base = gated(replace(base, rope_norm=True), per_head=_per_head(r, "attention_gate_type"))
    is_sparse = mlp_layer_types(r, lambda: _is_sparse(r))
    feed_forwards = experts_where(r, is_sparse, lambda: mlp(r), lambda: _experts(r))
    mixers = _mixers(r, base)
    mtp = next_token_stack(r, prediction_modules(r), _of_modules(r, mixers), mlp(r))
    return decoder(r, mixers, feed_forwards, mtp=mtp)


def _of_modules(r: Reader, mixers: list[LatentAttention]) -> LatentAttention:
    """Return the attention of prediction modules, which slides; SGLang's `nextn.py` asks for that."""
    sliding = next((mixer for mixer in mixers if mixer.window is not None), None)
    if sliding is None and prediction_modules(r):
        r.not_modelled("multi_token_prediction")
    return sliding or mixers[0]


def _is_sparse(r: Reader) -> list[bool]:
    """`moe_layer_freq` is a number, or a list with a truth value for each layer."""
    if r.raw.get("moe_layer_freq").__class__ is not list:
        return after_dense_every(r)
    flags = layer_flags(r, "moe_layer_freq") or ()
    return [later and flag for later, flag in zip(after_dense(r), flags, strict=False)]


def _experts(r: Reader) -> MixtureOfExperts:
    experts = mixture_of_experts(r, score_correction_bias="buffer")
    width = r.size("shared_expert_intermediate_size") * r.count("num_shared_experts")
    return replace(experts, shared=experts.shared and replace(experts.shared, intermediate_size=width))


def _mixers(r: Reader, base: LatentAttention) -> list[LatentAttention]:
    kinds = _layer_types(r)
    of = {FULL: base}
    if INDEXED in kinds:
        of[INDEXED] = chosen_tokens(r, base)
    else:
        r.no_effect(INDEXER_PARAMETERS, "no layer has an indexer")
    if SLIDING in kinds:
        of[SLIDING] = _sliding(r, base, kinds)
    else:
        unused = ("sliding_window", "per_layer_config", "swa_attention_gate_type", *_SLIDING_PARAMETERS)
        r.no_effect(unused, "no layer has sliding attention")
    return [of[kind] for kind in kinds]


def _layer_types(r: Reader) -> list[str]:
    """Read what each layer attends to; `use_dsa` has the last word on whether full attention has an indexer."""
    count = layers(r)
    said = r.words("layer_types", (INDEXED, FULL, SLIDING), count)
    if said is None:
        slides = r.flag("use_sliding_window")
        kinds = [SLIDING if slides and i >= 2 and i % 4 != 1 else INDEXED for i in range(count)]
    else:
        r.no_vote(("use_sliding_window",), "layer_types", "which layers slide")
        kinds = list(said)
    if said is None or r.has("use_dsa") or not r.has("per_layer_config"):
        full = INDEXED if r.flag("use_dsa") else FULL
        kinds = [kind if kind == SLIDING else full for kind in kinds]
    return kinds


def _sliding(r: Reader, base: LatentAttention, kinds: list[str]) -> LatentAttention:
    """Read the sizes of sliding layers."""
    if r.has("per_layer_config"):
        r.no_effect(_SLIDING_PARAMETERS, "per_layer_config says each layer's sizes")
        _per_layer(r, {i for i, kind in enumerate(kinds) if kind == SLIDING})
    else:
        heads = r.size("swa_num_attention_heads")
        r.agree("swa_num_key_value_heads", heads, "swa_num_attention_heads: every head has its own expanded keys")
    head_dim = r.size("swa_head_dim")
    r.size_or("swa_qk_rope_head_dim", lambda: head_dim - r.size("swa_qk_nope_head_dim"))
    heads, q_rank, kv_rank, nope, rope, value_dim = (r.size(f"swa_{name}") for name in _SIZES)
    r.check("swa_head_dim", head_dim == nope + rope, lambda: f"is {int(head_dim)}, not the sum of both parts of a head")
    narrow = replace(
        base,
        num_attention_heads=heads,
        q_lora_rank=q_rank,
        kv_lora_rank=kv_rank,
        qk_nope_head_dim=nope,
        qk_rope_head_dim=rope,
        v_head_dim=value_dim,
        window=r.size_or("sliding_window", lambda: 512),
    )
    return gated(narrow, per_head=_per_head(r, "swa_attention_gate_type"))


def _per_head(r: Reader, name: str) -> bool:
    """Read whether a gate is one number for each head, or one for each result; SGLang's class alone has both."""
    return r.word(name, ("headwise", "elementwise")) == "headwise"


def _per_layer(r: Reader, sliding: set[int]) -> None:
    """Read `per_layer_config`, which has to say the same of all sliding layers, and nothing of the others.

    It leaves out what is equal to the other layers' sizes.
    """
    found: dict[int, list[int]] = {}
    for number, layer in per_layer_config(r, layers(r)).items():
        found[number] = [int(layer.optional_size(name) or r.size(name)) for name in _SIZES]
        layer.no_effect(_FOLLOWING, "follows from the layer's other sizes")
    sizes = next(iter(found.values()), [1] * len(_SIZES))
    if set(found) != sliding or any(other != sizes for other in found.values()):
        r.refuse("per_layer_config", sorted(found), "one set of sizes for exactly the layers with sliding attention")
    for name, size in zip(_SIZES, sizes, strict=True):
        r.derive(f"swa_{name}", size)
    r.derive("swa_head_dim", r.size("swa_qk_nope_head_dim") + r.size("swa_qk_rope_head_dim"))


DIALECT = deepseek_v32.DIALECT.like(
    "dots3_note_text",
    read=read,
    aliases={
        "shared_experts_intermediate_size": "shared_expert_intermediate_size",
        "moe_shared_expert_intermediate_size": "shared_expert_intermediate_size",
    },
    costless={
        "swa_rope_theta": "rotation angles of rotary embeddings: tables that are computed, elementwise",
        "apply_mla_qkv_lora_rescale": "a factor on compressed queries and latents: elementwise",
    },
    text_only=("Dots3NoteForCausalLM",),
    vocab_size=152064,
    hidden_size=5120,
    intermediate_size=13824,
    num_hidden_layers=46,
    q_lora_rank=1024,
    moe_intermediate_size=1536,
    shared_expert_intermediate_size=1536,
    first_k_dense_replace=1,
    moe_layer_freq=1,
    sliding_window=None,
    use_dsa=True,
    attention_gate_type="headwise",
    swa_attention_gate_type="headwise",
    use_sliding_window=True,
    swa_num_attention_heads=64,
    swa_num_key_value_heads=64,
    swa_q_lora_rank=1024,
    swa_kv_lora_rank=1024,
    swa_head_dim=256,
    swa_qk_nope_head_dim=192,
    swa_v_head_dim=128,
)

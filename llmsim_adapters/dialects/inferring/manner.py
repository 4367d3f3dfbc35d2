"""The manner of a model, read off its keys: which norms, gates, positions and biases its layers have.

Two eras can be told apart by what their configs speak of. GPT-2's has layer norms, biases, and a feed-forward network
with an activation but no gate; Llama's has RMS norms, no biases, and a gate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.layouts import parallel, parallel_two_norms, post_norm, pre_norm, sandwich_norm
from llmsim_adapters.dialects.inferring.recurrences import recurrence
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader

_RMS: Final = ("rms_norm_eps", "rms_norm", "rmsnorm", "rms_norm_epsilon")
_LAYER: Final = ("layer_norm_eps", "layernorm_epsilon", "layer_norm_elementwise_affine")
_ROTARY: Final = (
    *("rope_theta", "rope_parameters", "rope_scaling", "rope_ratio", "rotary_dim", "rotary_base", "rotary_emb_base"),
    *("rope_embedding_base", "rope_base"),
    *("rotary", "partial_rotary_factor", "use_rotary_embeddings", "global_rope_theta"),
)
_GATED_NAMES: Final = ("silu", "swish", "swiglu", "geglu", "reglu", "glu", "gegelu", "swigluoai")


class Manner(NamedTuple):
    """How a model's layers are made.

    `norm` is the usual one, `gated` whether feed-forward networks are, `biased` whether projections have biases unless
    a key says otherwise; `positions` are rotary, learned, or come without weights.
    """

    norm: Norm
    gated: bool
    biased: bool
    positions: Literal["rotary", "learned", "weightless"]


def manner(r: Reader) -> Manner:
    """Read the manner of a decoder."""
    said = _norm_said(r)
    gated = _gated(r, said)
    layered = said == "layer" or (not gated and said != "rms" and recurrence(r) is None)
    if said != "rms":
        form = "layer norms with biases" if layered else "RMS norms"
        r.inferred("norm", f"no key says so: norms are taken to be {form}")
    return Manner(_norm(r, layered), gated, layered and not gated, _positions(r, layered))


def _norm_said(r: Reader) -> str:
    """Return what kind of norm the keys name; GPT-2's spelling is kept by models that have changed to RMS norms."""
    kind = r.text("layer_norm_type")
    if kind is not None:
        return "rms" if "rms" in kind.lower() else "layer"
    if any(r.has(name) and r.raw.get(name) is not False for name in _RMS):
        return "rms"
    if any(r.has(name) for name in _LAYER):
        return "layer"
    return "either" if r.has("layer_norm_epsilon") else ""


def _norm(r: Reader, layered: bool) -> Norm:
    r.no_effect(("rmsnorm", "rms_norm"), "the key that names the norms")
    if not layered:
        return Norm(r.size("hidden_size"))
    if r.has("layer_norm_elementwise_affine") and not r.flag("layer_norm_elementwise_affine"):
        return Norm(r.size("hidden_size"), "layer", gain=False)
    bare = r.raw.get("no_bias") is True or r.raw.get("norm_bias") is False
    r.flag("norm_bias")
    return layer_norm(r, bias=not bare)


def _gated(r: Reader, norm_said: str) -> bool:
    """SiLU is used as a gate, ReLU and its square without one, and GELU with one beside RMS norms."""
    if r.has("is_gated_act"):
        return r.flag("is_gated_act")
    kind = r.text("feed_forward_proj")  # T5's, such as `gated-gelu`
    if kind is not None:
        return kind.startswith("gated")
    name = r.text("hidden_act")
    if name is None:
        sized = r.has("intermediate_size") or r.has("num_experts")
        gated = norm_said in ("", "rms") or (r.has("num_key_value_heads") and sized)
    else:
        lower = name.lower()
        gated = lower in _GATED_NAMES or ("gelu" in lower and norm_said == "rms")
        if lower.endswith("glu"):
            return True  # the name of a gate, not of an activation alone
    how = "a gate" if gated else "no gate"
    r.inferred("mlp", f"no key says so: feed-forward networks are taken to have {how}")
    return gated


def _positions(r: Reader, layered: bool) -> Literal["rotary", "learned", "weightless"]:
    r.no_effect(("rotary_dim", "rotary"), "which part of each head is rotated: elementwise")
    kind = r.text("position_embedding_type")
    if kind is not None:
        if kind in ("rope", "rotary"):
            return "rotary"
        return "learned" if "absolute" in kind or "learned" in kind else "weightless"
    if any(r.flag(name) for name in ("alibi", "sinusoidal_embeddings", "static_position_embeddings") if r.has(name)):
        return "weightless"
    if any(r.has(name) for name in _ROTARY):
        return "rotary"
    if not layered or r.has("alibi"):
        taken: Literal["rotary", "learned", "weightless"] = "rotary"
    else:
        taken = "learned" if r.has("max_position_embeddings") else "weightless"
    r.inferred("positions", f"no key says so: positions are taken to be {taken}")
    return taken


def layout(r: Reader, gated: bool, habits: Habits) -> Layout:
    """Read where the norms of a layer stand, as the family has it unless a key says otherwise."""
    if r.has("use_post_norm"):
        return sandwich_norm if r.flag("use_post_norm") else pre_norm
    if r.has("norm_after"):
        return post_norm if r.flag("norm_after") else pre_norm
    for name in ("do_layer_norm_before", "normalize_before", "pre_norm"):
        if r.has(name):
            return pre_norm if r.flag(name) else post_norm
    if r.has("use_parallel_residual") and r.flag("use_parallel_residual"):
        return _side_by_side(r, gated)
    if habits.parallel:
        where, found = "before both mixers, which are side by side", parallel
    elif habits.sandwich:
        where, found = "before and after each mixer", sandwich_norm
    else:
        where, found = "before each mixer", pre_norm
    r.inferred("layout", f"no key says so: norms are taken to stand {where}{habits.like}; a layer has no other parts")
    return found


def _side_by_side(r: Reader, gated: bool) -> Layout:
    """Two mixers have a norm each in GPT-NeoX, which calls them residuals, and one together elsewhere."""
    if r.has("num_ln_in_parallel_attn"):
        return parallel if r.size("num_ln_in_parallel_attn") == 1 else parallel_two_norms
    if r.has("new_decoder_architecture"):
        return parallel_two_norms if r.flag("new_decoder_architecture") else parallel
    two = "use_parallel_residual" in r.raw and not gated
    r.inferred("layout", f"no key says so: parallel mixers are taken to have {'a norm each' if two else 'one norm'}")
    return parallel_two_norms if two else parallel


class Habits(NamedTuple):
    """What a family fixes in its code, where a config has keys that only this family writes.

    Families of one type are not here: what only one type has says nothing about a type that nobody knows.
    """

    whose: str = ""
    qk_norm: bool = False
    qkv_bias: bool = False
    gate: bool = False
    sandwich: bool = False
    parallel: bool = False
    norm_bias: bool = True
    attention_bias: bool = True
    head_bias: bool = False
    shared_gate: bool = False

    @property
    def like(self) -> str:
        """The reason for a habit, to stand behind what is taken; empty where there is no family."""
        return f", as in {self.whose}, whose keys these are" if self.whose else ""


_QWEN: Final = ("max_window_layers", "use_sliding_window", "decoder_sparse_step", "mlp_only_layers")


def habits(r: Reader, how: Manner) -> Habits:
    """Return the habits of the family whose keys these are, if of any.

    Qwen 3 writes `attention_bias` beside Qwen's keys, Qwen 2 has it fixed; SmolLM 3 has Llama's `mlp_bias` beside them.
    """
    if r.has("linear_num_value_heads"):
        return Habits("Qwen3-Next", qk_norm=True, gate=True, shared_gate=True)
    rope = r.raw.get("rope_parameters") or r.raw.get("rope_scaling")
    interleaved = rope.__class__ is dict and "mrope_interleaved" in rope
    if (interleaved or any(key in r.raw for key in _QWEN)) and not r.has("mlp_bias"):
        if r.has("attention_bias"):
            return Habits("Qwen 3", qk_norm=True)
        return Habits("Qwen 2", qkv_bias=True, shared_gate=True)
    if r.has("query_pre_attn_scalar"):
        third = r.has("sliding_window_pattern")
        return Habits("Gemma 3" if third else "Gemma 2", qk_norm=third, sandwich=True)
    if r.has("sliding_window_pattern") and how.norm.form == "rms":
        return Habits("EXAONE 4 and Gemma 3", qk_norm=True)
    if "conv_L_cache" in r.raw:
        return Habits("LFM 2", qk_norm=True)
    if r.has("logit_scale") and how.norm.form == "layer":
        return Habits("Cohere", parallel=True, norm_bias=False)
    if "rotary_dim" in r.raw and not how.gated:
        return Habits("GPT-J", parallel=True, attention_bias=False, head_bias=True)
    return Habits()

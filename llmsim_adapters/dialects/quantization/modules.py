"""The modules of specs, by the names that checkpoints have for them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.quantization.globs import matches
from llmsim_adapters.spec.quantization import HEAD

if TYPE_CHECKING:
    from collections.abc import Collection

LAYER: Final = "model.layers.#"
"""The path of any layer."""

_Spellings = dict[str, tuple[str, ...]]

_ATTENTION: Final[_Spellings] = {
    "q_proj": ("q_proj", "qkv_proj", "query_key_value", "wq"),
    "k_proj": ("k_proj", "qkv_proj", "query_key_value", "wk"),
    "v_proj": ("v_proj", "qkv_proj", "query_key_value", "wv"),
    "o_proj": ("o_proj", "out_proj", "dense", "wo"),
}
_LATENT: Final[_Spellings] = {
    "q_proj": ("q_proj",),
    "q_a_proj": ("q_a_proj", "fused_qkv_a_proj_with_mqa"),
    "q_b_proj": ("q_b_proj",),
    "kv_a_proj": ("kv_a_proj_with_mqa", "fused_qkv_a_proj_with_mqa"),
    "kv_b_proj": ("kv_b_proj",),
    "o_proj": ("o_proj",),
}
_LINEAR: Final[_Spellings] = {
    "q_proj": ("in_proj_qkv", "in_proj_qkvz"),
    "k_proj": ("in_proj_qkv", "in_proj_qkvz"),
    "v_proj": ("in_proj_qkv", "in_proj_qkvz"),
    "g_proj": ("in_proj_z", "in_proj_qkvz"),
    "o_proj": ("out_proj",),
}
_MLP: Final[_Spellings] = {
    "gate_proj": ("gate_proj", "gate_up_proj", "w1"),
    "up_proj": ("up_proj", "gate_up_proj", "w3", "fc1"),
    "down_proj": ("down_proj", "w2", "fc2"),
}
_EXPERTS: Final[_Spellings] = {
    "experts": ("experts", "experts.#"),
    **{
        f"experts.{name}": tuple(f"experts{each}.{spelled}" for spelled in spellings for each in ("", ".#"))
        for name, spellings in _MLP.items()
    },
    **{
        f"shared_experts{name}": tuple(f"shared_expert{s}{spelled}" for s in ("s", "") for spelled in spellings)
        for name, spellings in (("", ("",)), *((f".{n}", tuple(f".{s}" for s in ss)) for n, ss in _MLP.items()))
    },
}
_SPELLINGS: Final[dict[str, tuple[tuple[str, ...], _Spellings]]] = {
    "attention": (("self_attn", "attn", "attention", "self_attention"), _ATTENTION),
    "latent_attention": (("self_attn", "attention"), _LATENT),
    "gated_delta_net": (("linear_attn",), _LINEAR),
    "mlp": (("mlp", "feed_forward", "ffn"), _MLP),
    "mixture_of_experts": (("mlp", "block_sparse_moe", "feed_forward"), _EXPERTS),
}
"""By kind of component: the names that checkpoints have for it, and for each of its matrices."""

_NEVER_QUANTIZED: Final = (
    *("model.embed_tokens", "model.norm", "model.wte", "model.embeddings", "model.rotary_emb"),
    *(
        f"{LAYER}.{name}"
        for name in (
            *("input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm"),
            *("post_feedforward_layernorm", "self_attn.q_norm", "self_attn.k_norm", "self_attn.sinks"),
            *("mlp.gate", "mlp.router", "block_sparse_moe.gate", "feed_forward.router", "mlp.shared_expert_gate"),
            *("mlp.gate.e_score_correction_bias", "mlp.router.gate", "eh_proj"),
            *(f"linear_attn.{each}" for each in ("conv1d", "norm", "in_proj_a", "in_proj_b", "in_proj_ba")),
        )
    ),
)
"""Modules that no checkpoint quantizes; a list that names them says nothing new."""

_HEADS: Final = ("lm_head", "model.lm_head", "output_layer", "embed_out")

_TOWERS: Final = frozenset(
    {
        *("visual", "audio", "audio_tower", "audio_model", "speech_encoder", "multi_modal_projector", "mm_projector"),
        *("merger", "patch_merger", "connector", "aligner", "image_newline", "embed_vision", "embed_audio"),
    }
)
"""Parts beside the language model (with every name that begins with `vision`)."""

KINDS: Final = frozenset(_SPELLINGS)
"""The kinds of component whose names in checkpoints are known."""


def usual(glob: str) -> str:
    """Return a glob for the names of a model that is not part of another."""
    glob = glob.removesuffix(".weight").replace("model.language_model.", "model.")
    return glob.replace("language_model.model.", "model.").removeprefix("language_model.")


def beside(glob: str, mtp_layers: int) -> bool:
    """Whether a glob names a part that the text model does not have."""
    segments = re.split(r"[.*]", glob)
    if any(segment in _TOWERS or segment.startswith("vision") for segment in segments):
        return True
    return segments[0] == "mtp" and (not mtp_layers or glob in ("mtp.fc", "mtp.norm"))


@lru_cache(maxsize=4096)
def named(glob: str) -> frozenset[str]:
    """Return the modules that a glob names, `-` for those that are never quantized.

    `?` and a kind of component: which modules of that kind it names depends on the checkpoint. Some checkpoints have
    one module where specs have several, and the glob names that one, and of the several only some (`*gate*`:
    `gate_proj` and `gate_up_proj`, but not `up_proj`).
    """
    found = [(path, module) for path, module in _PATHS if _names(glob, path)]
    leaves: dict[str, set[str]] = {}
    for path, module in found:
        leaves.setdefault(module, set()).add(_leaf(path))
    for path, module in found:
        together = _TOGETHER[kind_of(module), path]
        apart = {each for each in together if leaves[each] - {_leaf(path)}}
        if apart and apart != together:
            leaves.setdefault(f"?{kind_of(module)}", set())
    return frozenset(leaves)


def _leaf(path: str) -> str:
    return path.rpartition(".")[2]


def kind_of(module: str) -> str:
    """Return the kind of component that a module is in."""
    return module.split(".")[0]


def _names(glob: str, path: str) -> bool:
    """Whether a glob is a path, a module that it is in, or ends there."""
    return any(matches(form, path) for form in (glob, f"{glob}.*", f"*.{glob}", f"*.{glob}.*"))


def inside(glob: str, found: frozenset[str], kinds: Collection[str]) -> bool:
    """Whether a glob occurs inside the path of a module of some kinds that it was not found to name."""
    return any(
        kind_of(module) in kinds and module not in found and matches(f"*{glob}*", path) for path, module in _PATHS
    )


def _paths() -> list[tuple[str, str]]:
    paths = [(LAYER, ""), *((head, HEAD[2]) for head in _HEADS), *((path, "-") for path in _NEVER_QUANTIZED)]
    for kind, (prefixes, matrices) in _SPELLINGS.items():
        for prefix in prefixes:
            paths.append((f"{LAYER}.{prefix}", kind))
            for matrix, spellings in matrices.items():
                paths += [(f"{LAYER}.{prefix}.{spelled}", f"{kind}.{matrix}") for spelled in spellings]
    return paths


_PATHS: Final = _paths()
_TOGETHER: Final[dict[tuple[str, str], set[str]]] = {}
"""By kind of component and path: the modules of specs that a checkpoint's one module stands for."""
for _path, _module in _PATHS:
    _TOGETHER.setdefault((kind_of(_module), _path), set()).add(_module)

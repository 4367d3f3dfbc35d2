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

FUSED: Final = frozenset({("attention", "qkv_proj"), ("mlp", "gate_up_proj")})
"""By kind of component: the names of matrices that are fused."""

_INDEXER: Final[_Spellings] = {
    "indexer": ("indexer",),
    "indexer.q_proj": ("indexer.wq_b", "indexer.q_proj", "index_q_proj"),
    "indexer.k_proj": ("indexer.wk", "indexer.k_proj", "index_k_proj"),
}
_ATTENTION: Final[_Spellings] = {
    "q_proj": ("q_proj", "qkv_proj", "query_key_value", "wq"),
    "k_proj": ("k_proj", "qkv_proj", "query_key_value", "wk"),
    "v_proj": ("v_proj", "qkv_proj", "query_key_value", "wv"),
    "o_proj": ("o_proj", "out_proj", "dense", "wo"),
    "gate_proj": ("gate_proj", "g_proj"),
    **_INDEXER,
}
_LATENT: Final[_Spellings] = {
    "q_proj": ("q_proj",),
    "q_a_proj": ("q_a_proj", "fused_qkv_a_proj_with_mqa"),
    "q_b_proj": ("q_b_proj",),
    "kv_a_proj": ("kv_a_proj_with_mqa", "fused_qkv_a_proj_with_mqa"),
    "kv_b_proj": ("kv_b_proj",),
    "o_proj": ("o_proj",),
    "gate_proj": ("g_proj",),
    **_INDEXER,
}
_COMPRESSED: Final[_Spellings] = {
    "q_a_proj": ("wq_a", "q_a_proj"),
    "q_b_proj": ("wq_b", "q_b_proj"),
    "kv_proj": ("wkv", "kv_proj"),
    "o_a_proj": ("wo_a", "o_a_proj"),
    "o_b_proj": ("wo_b", "o_b_proj"),
    "compressor": ("compressor",),
    "compressor.kv_proj": ("compressor.wkv", "compressor.kv_proj"),
    "compressor.gate_proj": ("compressor.wgate", "compressor.gate_proj"),
    "indexer": ("indexer",),
    "indexer.q_b_proj": ("indexer.wq_b", "indexer.q_b_proj"),
    "indexer.compressor": ("indexer.compressor",),
}
_LINEAR: Final[_Spellings] = {
    "q_proj": ("in_proj_qkv", "in_proj_qkvz"),
    "k_proj": ("in_proj_qkv", "in_proj_qkvz"),
    "v_proj": ("in_proj_qkv", "in_proj_qkvz"),
    "g_proj": ("in_proj_z", "in_proj_qkvz"),
    "a_proj": ("in_proj_a", "in_proj_ba"),
    "b_proj": ("in_proj_b", "in_proj_ba"),
    "o_proj": ("out_proj",),
}
_KIMI_LINEAR: Final[_Spellings] = {
    name: (name,)
    for name in (
        *("q_proj", "k_proj", "v_proj", "b_proj", "o_proj"),
        *("f_proj", "f_a_proj", "f_b_proj", "g_proj", "g_a_proj", "g_b_proj"),
    )
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
    "latent_in_proj": ("fc1_latent_proj",),
    "latent_out_proj": ("fc2_latent_proj",),
}
_SPELLINGS: Final[dict[str, tuple[tuple[str, ...], _Spellings]]] = {
    "attention": (("self_attn", "attn", "attention", "self_attention", "mixer"), _ATTENTION),
    "latent_attention": (("self_attn", "attention"), _LATENT),
    "compressed_attention": (("attn", "self_attn"), _COMPRESSED),
    "gated_delta_net": (("linear_attn",), _LINEAR),
    "kimi_delta_attention": (("self_attn", "attention"), _KIMI_LINEAR),
    "lightning_attention": (
        ("self_attn",),
        {name: (name,) for name in ("qkv_proj", "output_gate", "out_proj")},
    ),
    "mamba": (("mixer", "mamba"), {name: (name,) for name in ("in_proj", "x_proj", "dt_proj", "out_proj")}),
    "mamba2": (("mixer", "mamba"), {"in_proj": ("in_proj",), "out_proj": ("out_proj",)}),
    "short_convolution": (("conv",), {"in_proj": ("in_proj",), "out_proj": ("out_proj",)}),
    "mlp": (("mlp", "feed_forward", "ffn", "mixer"), _MLP),
    "mixture_of_experts": (("mlp", "block_sparse_moe", "feed_forward", "ffn", "mixer", ""), _EXPERTS),
    "per_layer_input": (("",), {"gate": ("per_layer_input_gate",), "projection": ("per_layer_projection",)}),
}
"""By kind of component: the names that checkpoints have for it, empty for the layer's own, and for its matrices."""

_NEVER_QUANTIZED: Final = (
    *("model.embed_tokens", "model.wte", "model.embeddings", "model.rotary_emb"),
    *(
        f"{LAYER}.{name}"
        for name in (
            *("self_attn.sinks", "mlp.gate", "mlp.router", "mlp.router.proj", "router", "router.proj", "ffn.gate"),
            *("self_attn.indexers_proj",),  # so misspelt by those who published GLM-5
            *("block_sparse_moe.gate", "feed_forward.router", "mixer.gate", "mlp.shared_expert_gate"),
            *("mlp.router.gate", "eh_proj", "self_attn.indexer.weights_proj", "attn.indexer.weights_proj"),
            *("mixer.conv1d", "mamba.conv1d", "conv.conv", "linear_attn.conv1d"),
        )
    ),
)
"""Modules that no checkpoint quantizes; a list that names them says nothing new."""

_NO_MATRIX: Final = re.compile(r"([a-z_]*norm([0-9]|_embedding|_hidden)?|e_score_correction_bias|bias|A_log|D|dt_bias)")
"""The last part of a name that is no matrix's: of norms, biases, decays."""

_HEADS: Final = ("lm_head", "model.lm_head", "output_layer", "embed_out", "head")

_ROOTS: Final = ("backbone.", "transformer.")
"""What some types call the model inside one with a head."""

_PROJECTORS: Final = frozenset(
    {
        *("multi_modal_projector", "mm_projector", "modality_projection", "merger", "patch_merger", "patch_merge_mlp"),
        *("connector", "aligner", "image_newline", "embed_vision", "embed_audio", "vision_projection"),
    }
)
"""What stands between an encoder and the language model."""

_TOWERS: Final = _PROJECTORS | {"visual", "audio", "audio_tower", "audio_model", "speech_encoder"}
"""Parts beside the language model (with every name that begins with `vision`)."""

KINDS: Final = frozenset(_SPELLINGS)
"""The kinds of component whose names in checkpoints are known."""


def usual(glob: str) -> str:
    """Return a glob for the names of a model that is not part of another."""
    glob = glob.removesuffix(".weight").replace("model.language_model.", "model.")
    glob = glob.replace("language_model.model.", "model.").removeprefix("language_model.")
    for root in _ROOTS:
        if glob.startswith(root):
            return f"model.{glob.removeprefix(root)}"
    return f"model.{glob}" if glob.startswith("layers.") else glob


def is_no_matrix(glob: str) -> bool:
    """Whether a glob names a norm, a bias or a decay, which no checkpoint quantizes."""
    return _NO_MATRIX.fullmatch(_leaf(glob)) is not None


def beside(glob: str, mtp_layers: int) -> bool:
    """Whether a glob names a part that the text model does not have."""
    segments = re.split(r"[.*]", glob)
    if parts_beside(glob):
        return True
    return segments[0] == "mtp" and (not mtp_layers or glob in ("mtp.fc", "mtp.norm"))


def parts_beside(glob: str) -> frozenset[str]:
    """Return the parts beside the language model, encoders and projectors, that a glob names."""
    segments = re.split(r"[.*]", glob)
    return frozenset([segment for segment in segments if segment in _TOWERS or segment.startswith("vision")])


def names_encoder(glob: str) -> bool:
    """Whether a glob names an encoder of pictures or sound, or all of what is in one, and not its projector alone."""
    return bool(parts_beside(glob)) and not parts_beside(glob) & _PROJECTORS


@lru_cache(maxsize=4096)
def named(glob: str, apart: bool = False, gated: bool = False) -> frozenset[str]:
    """Return the modules that a glob names, `-` for those that are never quantized.

    Where some layer has a network for all tokens and routed experts `apart` from it, `mlp` is the network alone. The
    queries of `gated` attention are one matrix with their gate.

    A matrix that servers fuse is named beside its parts where the glob names it so (`FUSED`): some look for that alone.

    `?` and a kind of component: which modules of that kind it names depends on the checkpoint. Some checkpoints have
    one module where specs have several, and the glob names that one, and of the several only some (`*gate*`:
    `gate_proj` and `gate_up_proj`, but not `up_proj`).
    """
    paths = (*_PATHS, *_GATED) if gated else _PATHS
    found = [(path, module) for path, module in paths if _names(glob, path) and not (apart and _in_mlp(path, module))]
    leaves: dict[str, set[str]] = {}
    for path, module in found:
        leaves.setdefault(module, set()).add(_leaf(path))
    for path, module in found:
        together = _TOGETHER[kind_of(module), path]
        further = {each for each in together if leaves[each] - {_leaf(path)}}
        if further and further != together:
            leaves.setdefault(f"?{kind_of(module)}", set())
        if (kind_of(module), _leaf(path)) in FUSED:
            leaves.setdefault(f"{kind_of(module)}.{_leaf(path)}", set())
    return frozenset(leaves)


def _in_mlp(path: str, module: str) -> bool:
    return kind_of(module) == "mixture_of_experts" and path.startswith(f"{LAYER}.mlp")


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
            inside = f"{LAYER}.{prefix}." if prefix else f"{LAYER}."
            if prefix:
                paths.append((f"{LAYER}.{prefix}", kind))
            for matrix, spellings in matrices.items():
                paths += [(inside + spelled, f"{kind}.{matrix}") for spelled in spellings]
    return paths


_PATHS: Final = _paths()
_GATED: Final = [(path, "attention.gate_proj") for path, module in _PATHS if module == "attention.q_proj"]
_TOGETHER: Final[dict[tuple[str, str], set[str]]] = {}
"""By kind of component and path: the modules of specs that a checkpoint's one module stands for."""
for _path, _module in _PATHS:
    _TOGETHER.setdefault((kind_of(_module), _path), set()).add(_module)

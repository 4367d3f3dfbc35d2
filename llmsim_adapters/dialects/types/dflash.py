"""Drafts of whole blocks of tokens, DFlash and DSpark: Qwen3's layers over projected hidden states of a target.

Source: SGLang's `dflash.py` and `dspark.py`. Hidden states of several layers of the target are joined and projected.
All tokens of a block attend to each other; table and head are the target's. DSpark adds a head that goes by the token
before, and a confidence, DFlash 2 convolutions and a choice among candidates, LiLiCorr a network that weighs these.
Such configs say that they are a `qwen3`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import qwen3
from llmsim_adapters.spec.components import BlockConvolution, Embedding, Head, LatticeHead, MarkovHead, Norm, Projection
from llmsim_adapters.spec.model import Block, Sublayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component
    from llmsim_adapters.spec.model import ModelSpec

_REPEATED: Final = (
    *("attention_mode", "confidence_head_alpha", "confidence_head_with_markov", "enable_confidence_head"),
    *("markov_head_type", "markov_rank"),
)

_HEAD: Final[dict[str, Any]] = {"enable_confidence_head": True, "confidence_head_with_markov": True}
"""What the code takes of DSpark's head where nothing says it."""


def read(r: Reader) -> ModelSpec:
    r.no_effect(("max_window_layers", "use_sliding_window"), "layer_types says which layers have a window")
    r.no_effect(("num_target_layers",), "how many layers the target has")
    if not r.architecture.startswith("LiLiCorr"):
        r.no_effect(("block_size",), "how many tokens a step drafts")
    laguna = r.architecture.startswith("DFlashLaguna")
    base = replace(qwen3.normed_attention(r), causal=False)
    if r.has("is_causal"):
        base = replace(base, causal=r.flag("is_causal"))
    mixers = windowed(r, _gated(r, base) if laguna else base, [False] * layers(r))
    if isinstance(mixers, list):
        mixers = [replace(mixer, causal=mixer.window is not None or mixer.causal) for mixer in mixers]
    config = r.nested("dflash_config")
    spec = of_target(decoder(r, mixers, mlp(r), inputs=_target(r, config, laguna)))
    if "DSpark" in r.architecture:
        spec = replace(spec, outputs=(*spec.outputs, _markov(r, config)))
    if "DFlash2" in r.architecture and config is not None:
        spec = _second(r, config, spec)
    if r.architecture.startswith("LiLiCorr") and config is not None:
        spec = convolved(r, config, replace(spec, outputs=(*spec.outputs, _lattice(r, config))))
    return spec


def of_target(spec: ModelSpec) -> ModelSpec:
    """Return a draft over its target's hidden states, whose table and head are the target's."""
    spec = spec.transform(Embedding, lambda table: replace(table, of_target=True))
    spec = spec.transform(Head, lambda head: replace(head, weight_of="head"))
    return replace(spec, from_target=("embedding", "hidden states", "head"))


def _gated(r: Reader, mixer: Attention) -> Attention:
    """Read the gate of Laguna's attention: of each head, unless said otherwise."""
    if not isinstance(r.raw.get("gating"), str):
        return gated(mixer, per_head=True) if r.flag("gating") else mixer
    said = r.text("gating")
    if said not in ("per-head", "per-element", "disabled"):
        r.refuse("gating", said, "true, false, 'per-head', 'per-element' or 'disabled'")
    return mixer if said == "disabled" else gated(mixer, per_head=said == "per-head")


def _target(r: Reader, config: Reader | None, laguna: bool) -> tuple[Component, ...]:
    """Read what becomes of the target's hidden states before the layers."""
    ids: Sequence[int] = ()
    if config is not None:
        if r.has("markov_rank") or "DSpark" not in r.architecture:
            config.no_effect(_REPEATED, "the top level says so")
        if config.text("projector_type") not in (None, "dflash", "dspark"):
            r.not_modelled("projector_type")
        ids = target_layers(config)
    joined = projected(r, ids)
    norms: tuple[Component, ...] = (Norm(r.size("hidden_size")),) * len(ids) if laguna else ()
    return *norms, *joined


def target_layers(r: Reader) -> Sequence[int]:
    """Read the numbers of the target's layers whose hidden states are taken."""
    return r.integers("target_layer_ids", least=0, most=LARGEST["num_hidden_layers"]) or ()


def projected(r: Reader, layers: Sequence[int]) -> tuple[Component, ...]:
    """Return what takes the joined hidden states of these layers of the target to the size of one, and their norm."""
    if not layers:
        r.missing("target_layer_ids", "the target's layers whose hidden states are taken")
    hidden, count = r.size("hidden_size"), r.derive("num_target_hidden_states", max(len(layers), 1))
    return Projection(input_size=count * hidden, output_size=hidden), Norm(hidden)


def _second(r: Reader, config: Reader, spec: ModelSpec) -> ModelSpec:
    """Return the spec with what DFlash 2 adds: convolutions around each mixer, and a choice among candidates."""
    hidden = r.size("hidden_size")
    head = MarkovHead(
        hidden_size=hidden,
        vocab_size=r.size("vocab_size"),
        rank=config.size("selector_rank"),
        candidates=config.size("selector_top_k"),
    )
    return convolved(r, config, replace(spec, outputs=(*spec.outputs, head)))


def convolved(r: Reader, config: Reader, spec: ModelSpec) -> ModelSpec:
    """Return a spec with convolutions around each mixer, where the config has any."""
    hidden = r.size("hidden_size")
    if not config.has("conv_kernel_size"):
        return spec
    group = config.size("conv_group_size")
    r.check("dflash_config", hidden % group == 0, "has a conv_group_size that does not divide hidden_size")
    around = BlockConvolution(hidden_size=hidden, kernel_size=config.size("conv_kernel_size"), groups=hidden // group)
    convolution = Sublayer((around,), skip=False)

    def with_convolutions(block: Block) -> Block:
        return replace(block, sublayers=tuple(part for sublayer in block.sublayers for part in (convolution, sublayer)))

    return spec.transform(Block, with_convolutions)


def _lattice(r: Reader, config: Reader) -> LatticeHead:
    """Read LiLiCorr's head, whose states are as wide as the draft's where 0 is said."""
    width = config.count("lilicorr_hidden_size") or r.size("hidden_size")
    heads = config.size("lilicorr_num_heads")
    r.check("dflash_config", width % heads == 0, "has lilicorr_num_heads that do not divide lilicorr_hidden_size")
    block = config.size("block_size") if config.has("block_size") else r.size_or("block_size", lambda: 16)
    r.check("block_size", block > 1, "leaves a block no place for candidates")
    ratio = config.number("lilicorr_mlp_ratio", least=0) or 4.0
    config.no_effect(("lilicorr_logit_scale", "lilicorr_vector_eps"), "numbers of scores: elementwise")
    if config.has("lilicorr_enabled") and not config.flag("lilicorr_enabled"):
        config.refuse("lilicorr_enabled", False, "true: the class is its head's")
    return LatticeHead(
        hidden_size=r.size("hidden_size"),
        state_size=width,
        block_size=block,
        candidates=config.size("lilicorr_candidate_topk"),
        layers=config.size("lilicorr_num_layers"),
        num_attention_heads=heads,
        intermediate_size=config.derive("lilicorr_intermediate_size", int(width * ratio)),
        factors=config.size("lilicorr_factor_dim"),
        features=config.derive("lilicorr_features", _FEATURES),
    )


_FEATURES: Final = 5
"""What LiLiCorr's head knows of how likely a candidate is: its probability, the logarithm, and three of its rank."""


def _markov(r: Reader, config: Reader | None) -> MarkovHead:
    """Read DSpark's head, of which the top level speaks, or the library's own block."""
    said = r if config is None or r.has("markov_rank") else config
    if config is not None and said is r:
        for key in _REPEATED:
            if r.has(key) and config.has(key):
                r.contradicts(key, f"{config.prefix}{key}", config.raw[key], f"{r.prefix}{key}", r.raw[key])
    said.no_effect(("confidence_head_alpha",), "how it was trained")
    for name, known in (("attention_mode", "gqa"), ("markov_head_type", "vanilla")):
        if said.text(name) not in (None, known):
            r.not_modelled(name)
    return MarkovHead(
        hidden_size=r.size("hidden_size"),
        vocab_size=r.size("vocab_size"),
        rank=said.size("markov_rank"),
        confidence=said.flag("enable_confidence_head"),
        confidence_by_token=said.flag("confidence_head_with_markov"),
        place="" if said is r else "dflash_config",
    )


DIALECT = qwen3.DIALECT.like(
    "dflash",
    read=read,
    gating=True,
    **_HEAD,
    **{f"dflash_config.{key}": value for key, value in _HEAD.items()},
    causal_lm=(
        *("DFlashDraftModel", "DFlashLagunaForCausalLM"),
        *("DFlash2BeamDraftModel", "DFlash2DraftModel", "MiniMaxDFlash2DraftModel"),
        *("DSparkDraftModel", "Lfm2DSparkDraftModel", "LiLiCorrDraftModel", "LingDSparkModel", "Qwen3DSparkModel"),
    ),
)

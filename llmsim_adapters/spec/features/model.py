"""Features of layers, stacks and whole models."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from llmsim_adapters.spec.components import Adapter, Attention, Head, MixtureOfExperts, Norm, Projection
from llmsim_adapters.spec.features.feature import ELEMENTWISE, Feature
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer
from llmsim_adapters.spec.quantization import SCHEMES


def _stored_as(scheme: str, meaning: str) -> Feature[ModelSpec]:
    """Return the feature of weights stored by one scheme."""
    return Feature(
        f"{scheme}_weights",
        meaning,
        ModelSpec,
        lambda m: m.quantization is not None and m.quantization.scheme.name == scheme,
        lambda m: replace(m, quantization=None),
    )


def _blocks_differ_in(stack: Stack, *kinds: type) -> bool:
    """Whether blocks of a stack differ in which of these kinds of mixer they have."""
    return len({frozenset(kind for kind in kinds if _has(block, kind)) for block in stack.blocks}) > 1


def _has(block: Block, kind: type) -> bool:
    return any(isinstance(mixer, kind) for sublayer in block.sublayers for mixer in sublayer.mixers)


def _windows(stack: Stack) -> set[int | None]:
    return {
        mixer.window
        for block in stack.blocks
        for sublayer in block.sublayers
        for mixer in sublayer.mixers
        if isinstance(mixer, Attention)
    }


def _all_experts(stack: Stack) -> Stack:
    """Every position runs the first block that has a mixture."""
    sparse = next(i for i, block in enumerate(stack.blocks) if _has(block, MixtureOfExperts))
    return replace(stack, blocks=(stack.blocks[sparse],), order=(0,) * len(stack.order))


def _one_window(stack: Stack) -> Stack:
    """Every position runs the block with the widest attention, the most that such a model may keep."""

    def width(block: Block) -> tuple[bool, int]:
        windows = [m.window for s in block.sublayers for m in s.mixers if isinstance(m, Attention)]
        return (None in windows, max((w for w in windows if w is not None), default=0))

    return replace(stack, blocks=(max(stack.blocks, key=width),), order=(0,) * len(stack.order))


def _one_after_the_other(block: Block) -> Block:
    """Every mixer has a sublayer of its own, with a norm of its own where the side-by-side ones had any."""
    sublayers = tuple(
        Sublayer((mixer,), sublayer.pre_norms[:1], sublayer.post_norms[:1])
        for sublayer in block.sublayers
        for mixer in sublayer.mixers
    )
    return replace(block, sublayers=sublayers)


FEATURES: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "mixed_attention",
        "layers with different attention windows in one stack",
        Stack,
        lambda s: len(s.blocks) > 1 and len(_windows(s)) > 1,
        _one_window,
    ),
    Feature(
        "prompt_tokens",
        "tokens of the model's own before those of every sequence",
        Stack,
        lambda s: bool(s.prompt),
        lambda s: replace(s, prompt=0),
    ),
    Feature(
        "dense_layers",
        "some layers with a dense feed-forward network among mixtures of experts",
        Stack,
        lambda s: len(s.blocks) > 1 and _blocks_differ_in(s, MixtureOfExperts),
        _all_experts,
    ),
    Feature(
        "post_norms",
        "norms after the mixers, before the residual",
        Sublayer,
        lambda s: bool(s.post_norms),
        lambda s: replace(s, post_norms=()),
    ),
    Feature(
        "parallel_mixers",
        "mixers over the same input, side by side",
        Block,
        lambda b: any(len(s.mixers) > 1 for s in b.sublayers),
        _one_after_the_other,
    ),
    Feature(
        "cross_attention",
        "attention to an encoder's output",
        Block,
        lambda b: any(s.from_encoder for s in b.sublayers),
        lambda b: replace(b, sublayers=tuple(s for s in b.sublayers if not s.from_encoder)),
    ),
    Feature(
        "shared_sublayers",
        "sublayers whose weights several positions share",
        Sublayer,
        lambda s: s.weight_sets is not None,
        lambda s: replace(s, weight_sets=None),
    ),
    Feature(
        "no_pre_norm",
        "mixers whose input is not normalised",
        Sublayer,
        lambda s: s.skip and not s.pre_norms,
        lambda s: replace(s, pre_norms=s.post_norms[:1]),
    ),
    Feature(
        "layer_norm",
        "layer normalisation in place of RMS normalisation",
        Norm,
        lambda n: n.form != "rms",
        lambda n: replace(n, form="rms"),
        costless=ELEMENTWISE,
    ),
    Feature(
        "norm_gate",
        "norms whose result is gated by way of fewer numbers",
        Norm,
        lambda n: bool(n.gate_rank),
        lambda n: replace(n, gate_rank=0),
    ),
    Feature(
        "norm_without_gain",
        "norms without trained numbers",
        Norm,
        lambda n: not n.gain,
        lambda n: replace(n, gain=True),
    ),
    Feature(
        "norm_bias",
        "norms with an offset beside the gain",
        Norm,
        lambda n: n.bias,
        lambda n: replace(n, bias=False),
    ),
    Feature(
        "tied_embeddings",
        "the head reuses the token embedding's table",
        Head,
        lambda h: h.weight_of == "embedding",
        lambda h: replace(h, weight_of="itself"),
    ),
    Feature(
        "head_bias",
        "bias of the output head",
        Head,
        lambda h: h.bias,
        lambda h: replace(h, bias=False),
    ),
    Feature(
        "adapter_bias",
        "biases of adapters",
        Adapter,
        lambda a: a.bias,
        lambda a: replace(a, bias=False),
    ),
    Feature(
        "one_token_projection",
        "a projection of one token of each sequence",
        Projection,
        lambda p: p.one_token,
        lambda p: replace(p, one_token=False),
    ),
    Feature(
        "head_spare_bias",
        "a second bias of the output head, which is stored and not used",
        Head,
        lambda h: h.spare_bias,
        lambda h: replace(h, spare_bias=False),
    ),
    Feature(
        "logit_softcap",
        "tanh soft-cap of the logits",
        Head,
        lambda h: h.softcap is not None,
        lambda h: replace(h, softcap=None),
        costless=ELEMENTWISE,
    ),
    Feature(
        "multi_token_prediction",
        "extra layers that predict further tokens, a stack by itself",
        ModelSpec,
        lambda m: m.stack("mtp") is not None,
        lambda m: replace(m, stacks=tuple(s for s in m.stacks if s.name != "mtp")),
    ),
    *(_stored_as(scheme, meaning) for scheme, meaning in SCHEMES.items()),
)

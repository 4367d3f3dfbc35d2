"""Features of layers, stacks and whole models."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from llmsim_adapters.spec.components import Attention, MixtureOfExperts, Norm
from llmsim_adapters.spec.features.feature import QUANTIZATION, Feature
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer
from llmsim_adapters.spec.quantization import SCHEMES


def _stored_as(scheme: str, meaning: str) -> Feature[ModelSpec]:
    """Return the feature of weights stored by one scheme."""
    return Feature(
        f"{scheme}_weights",
        meaning,
        ModelSpec,
        lambda m: m.quantization is not None and any(each.name == scheme for each in m.quantization.schemes),
        lambda m: replace(m, quantization=None),
        group=QUANTIZATION,
    )


def _blocks_differ_in(stack: Stack, kind: type) -> bool:
    """Whether some blocks of a stack have a kind of mixer, and others don't."""
    return len({_has(block, kind) for block in stack.blocks}) > 1


def _has(block: Block, kind: type) -> bool:
    return any(isinstance(mixer, kind) for mixer in block.mixers())


def _windows(stack: Stack) -> set[int | None]:
    return {mixer.window for block in stack.blocks for mixer in block.mixers() if isinstance(mixer, Attention)}


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


def _tower(name: str, axis: str, of: str) -> Feature[ModelSpec]:
    """Return the feature of encoders over one axis beside the language model."""
    return Feature(
        name,
        f"an encoder of {of} beside the language model",
        ModelSpec,
        lambda m: axis in [stack.axis for stack in m.stacks],
        lambda m: replace(m, stacks=tuple(stack for stack in m.stacks if stack.axis != axis)),
    )


def _lacks_norm(sublayer: Sublayer) -> bool:
    residual = sublayer.residual
    if not sublayer.skip or sublayer.pre_norms or (residual is not None and residual.normalises):
        return False
    return not all(mixer.normalises for mixer in sublayer.mixers)


TOWERS: Final = {"patches": ("vision_tower", "pictures"), "frames": ("audio_tower", "sound")}
"""The features of towers: by the axis of their stack, the name, and what they encode."""

FEATURES: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "mixed_attention",
        "layers with different attention windows in one stack",
        Stack,
        lambda s: len(s.blocks) > 1 and len(_windows(s)) > 1,
        _one_window,
        group=Attention.kind,
    ),
    Feature(
        "prompt_tokens",
        "tokens of the model's own before those of every sequence",
        Stack,
        lambda s: bool(s.prompt),
        lambda s: replace(s, prompt=0),
    ),
    Feature(
        "padded_prefill",
        "sequences that are padded to whole chunks",
        Stack,
        lambda s: bool(s.pad_to),
        lambda s: replace(s, pad_to=0, pad_above=0),
    ),
    Feature(
        "patch_stacks",
        "layers that run on patches of tokens",
        Stack,
        lambda s: bool(s.patch_size),
        lambda s: replace(s, patch_size=0),
    ),
    Feature(
        "predicting_streams",
        "streams beside each token, for the tokens that it predicts",
        Stack,
        lambda s: s.streams != 1,
        lambda s: replace(s, streams=1),
    ),
    Feature(
        "dense_layers",
        "some layers with a dense feed-forward network among mixtures of experts",
        Stack,
        lambda s: len(s.blocks) > 1 and _blocks_differ_in(s, MixtureOfExperts),
        _all_experts,
        group=MixtureOfExperts.kind,
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
        _lacks_norm,
        lambda s: replace(s, pre_norms=s.post_norms[:1] or (Norm(getattr(s.mixers[0], "hidden_size", 1)),)),
    ),
    Feature(
        "multi_token_prediction",
        "extra layers that predict further tokens, a stack by itself",
        ModelSpec,
        lambda m: "mtp" in [stack.name for stack in m.stacks],
        lambda m: replace(m, stacks=tuple(s for s in m.stacks if s.name != "mtp")),
    ),
    Feature(
        "encoder_of_words",
        "an encoder of the words that others attend to",
        ModelSpec,
        lambda m: any(stack.source for stack in m.stacks),
        lambda m: replace(m, stacks=tuple(stack for stack in m.stacks if not stack.source)),
    ),
    Feature(
        "stacks_by_mode",
        "layers that run in steps of one mode alone",
        Stack,
        lambda s: bool(s.mode),
        lambda s: replace(s, mode=""),
    ),
    Feature(
        "canvas",
        "tokens that are decoded together, over and over, after those that are taken in one by one",
        ModelSpec,
        lambda m: bool(m.canvas),
        lambda m: replace(m, canvas=0),
    ),
    *(_tower(name, axis, of) for axis, (name, of) in TOWERS.items()),
    *(_stored_as(scheme, meaning) for scheme, meaning in SCHEMES.items()),
)

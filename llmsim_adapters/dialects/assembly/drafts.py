"""Draft models: what a server runs beside a target to guess its next tokens, from its hidden states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dataclass import replace
from llmsim_adapters.spec.components import Embedding, Head, NextTokenInput, Norm, Projection
from llmsim_adapters.spec.model import Block, Stack
from llmsim_adapters.spec.quantization import HEAD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.spec.quantization import Place, Quantization


class _Joined(NamedTuple):
    """How a draft joins embeddings and hidden states, and whether norms stand before its layer and its head."""

    bias: bool = False
    normed: bool = True


_EAGLE: Final[Mapping[str, _Joined]] = {
    "LlamaForCausalLMEagle": _Joined(bias=True, normed=False),
    "Qwen2ForCausalLMEagle": _Joined(bias=True, normed=False),
    "MistralForCausalLMEagle": _Joined(),
    "MistralLarge3ForCausalLMEagle": _Joined(),
}
"""The drafts by EAGLE (arXiv:2401.15077), from SGLang's files of their names."""


_OF_ITS_OWN: Final = ("IQuestQ1MTP", "Step3p5MTP")
"""Prediction modules that keep a table and a head of their own (`set_embed_and_head` of SGLang's files)."""

_AS_TARGET: Final = ("fp8",)
"""The methods by which SGLang's classes quantize a prediction module as its target: others may leave it as it is."""


def prediction_module(r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return a model that is the first prediction module of a target, with the target's embedding and head.

    Servers name such models by an architecture of their own and read the target's config: sizes are the target's. One
    whose type has no such modules stays as it is.
    """
    mtp = spec.stack("mtp")
    if mtp is None:
        return spec
    first = mtp.blocks[mtp.order[0]]
    *layer, predict = first.sublayers
    text = Stack(
        "text",
        (Block("module", tuple(layer)),),
        (0,),
        after=(*mtp.after, *predict.pre_norms),
        counted_by="num_nextn_predict_layers",
    )
    if spec.quantization is not None and spec.quantization.method not in _AS_TARGET:
        r.inferred("quantization", "a draft is taken to be quantized as its target's prediction module is")
    alone = replace(
        spec,
        inputs=tuple(part for part in spec.inputs if isinstance(part, Embedding | Norm)),
        stacks=(text,),
        outputs=tuple(part for part in spec.outputs if isinstance(part, Head)),
        quantization=_moved(spec.quantization, (mtp.name, first.name), (text.name, text.blocks[0].name)),
        from_target=("hidden states",) if r.architecture in _OF_ITS_OWN else ("embedding", "hidden states", "head"),
    )
    return alone.transform(NextTokenInput, lambda module: replace(module, looks_up=False))


def _moved(quantization: Quantization | None, block: tuple[str, str], to: tuple[str, str]) -> Quantization | None:
    """Return how a checkpoint is quantized, with what is said of a block said of another, and of no other layer."""
    if quantization is None:
        return None

    def moved(places: frozenset[Place]) -> frozenset[Place]:
        return frozenset((*to, module) for *at, module in places if tuple(at) == block) | (places & {HEAD})

    others = tuple(assigned._replace(places=moved(assigned.places)) for assigned in quantization.others)
    return replace(quantization, excluded=moved(quantization.excluded), others=others)


def eagle(r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return a decoder as a draft by EAGLE: over the token's embedding and the target's hidden state, projected."""
    joined, text = _EAGLE.get(r.architecture), spec.stack("text")
    if joined is None or text is None:
        return spec
    hidden = r.size("hidden_size")
    if not joined.normed:
        count = r.size("num_hidden_layers")
        r.check("num_hidden_layers", count == 1, "is not 1: only drafts of one layer are modelled")
        (block,) = text.blocks
        first, *rest = block.sublayers
        text = replace(text, blocks=(replace(block, sublayers=(replace(first, pre_norms=()), *rest)),), after=())
    into = Projection(input_size=2 * hidden, output_size=hidden, bias=joined.bias)
    return replace(
        spec, inputs=(*spec.inputs, into), stacks=(text,), from_target=("embedding", "hidden states", "head")
    )

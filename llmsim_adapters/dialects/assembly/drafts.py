"""Draft models: what a server runs beside a target to guess its next tokens, from its hidden states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Embedding, Head, NextTokenInput
from llmsim_adapters.spec.model import Block, Stack
from llmsim_adapters.spec.quick import replace

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def prediction_module(r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return a model that is the first prediction module of a target, with the target's embedding and head.

    Servers name such models by an architecture of their own and read the target's config: sizes are the target's.
    """
    mtp = spec.stack("mtp")
    if mtp is None:
        r.not_modelled("draft_layers")
        return spec
    *layer, predict = mtp.blocks[mtp.order[0]].sublayers
    text = Stack(
        "text", (Block("module", tuple(layer)),), (0,), after=predict.pre_norms, counted_by="num_nextn_predict_layers"
    )
    if spec.quantization is not None:
        r.inferred("quantization", "a draft is taken to be quantized as its target's prediction module is")
    alone = replace(
        spec,
        inputs=tuple(part for part in spec.inputs if isinstance(part, Embedding)),
        stacks=(text,),
        outputs=tuple(part for part in spec.outputs if isinstance(part, Head)),
        from_target=("embedding", "hidden states", "head"),
    )
    return alone.transform(NextTokenInput, lambda module: replace(module, looks_up=False))

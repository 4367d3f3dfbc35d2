"""Janus: Llama with SigLIP's encoder, which the config names, and VQ-16, which makes pictures of tokens.

Source: the published config of deepseek-ai/Janus-1.3B and SGLang's `deepseek_janus_pro.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import square
from llmsim_adapters.dialects.assembly.tower import PartWords, patch_count, tower
from llmsim_adapters.dialects.assembly.vq import USES, VQ_16, vq
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import PositionEmbedding, Projection
from llmsim_adapters.spec.model import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component

_ENCODER: Final = "siglip_large_patch16_384"
_PARTS: Final = ("gen_vision_config", "gen_aligner_config", "gen_head_config")


_PART: Final = PartWords(costless=dict.fromkeys(("cls", "model_type"), "a name: the class of Janus' code is taken"))


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = whole.nested("vision_config", dialect=_PART)
    if vision is None:
        return
    said = vision.raw.get("params")
    if not isinstance(said, dict) or said.get("model_name", _ENCODER) != _ENCODER:
        vision.set_aside("the encoder is left out")
        whole.not_modelled("vision_tower")
        return
    found = tower(vision, "params", _ENCODER, fixed=True)
    if found is not None:
        media = square(found.r, tokens=int(patch_count(found.r)), text=2)
        yield replace(found.running(media).then(*_aligner(whole, "aligner_config")), name="vision")
    yield from _generator(whole)


def _generator(whole: Reader) -> Iterator[Stack]:
    """Yield what makes pictures, which no step of text runs: VQ-16, what takes its tokens in, and their head."""
    if not all(whole.has(key) for key in _PARTS):
        return
    tokens, head = _params(whole, "gen_vision_config"), _params(whole, "gen_head_config")
    if tokens is None or head is None:
        return
    count, width = tokens.size("image_token_size"), tokens.size("n_embed")
    inner = head.size("image_token_embed")
    parts = (
        *vq(VQ_16, count, width, uses=USES),
        *_aligner(whole, "gen_aligner_config"),
        Projection(input_size=head.size("n_embed"), output_size=inner, bias=True),
        Projection(input_size=inner, output_size=head.size("image_token_size"), bias=True),
        PositionEmbedding(positions=count, hidden_size=width),
    )
    yield Stack("gen_vision", (), (), after=parts, axis="codes")


def _aligner(whole: Reader, key: str) -> tuple[Component, ...]:
    """Read projections one after the other."""
    params = _params(whole, key)
    if params is None:
        return ()
    if params.text("projector_type") != "mlp_gelu":
        whole.not_modelled(key.removesuffix("_config"))
        return ()
    out = params.size("n_embed")
    into = Projection(input_size=params.size("input_dim"), output_size=out, bias=True)
    return (into, *(replace(into, input_size=out),) * (int(params.size("depth")) - 1))


def _params(whole: Reader, key: str) -> Reader | None:
    part = whole.nested(key, dialect=_PART)
    return None if part is None else part.nested("params")


DIALECT = llama.DIALECT.like(
    "multi_modality",
    text_config="language_config",
    towers=towers,
    causal_lm=("MultiModalityCausalLM",),
    ties="either",
)

"""Phi-4-multimodal as its remote code has it: Phi-4-mini, with low-rank adapters for pictures and for sound.

Source: the published config of microsoft/Phi-4-multimodal-instruct and SGLang's `phi4mm.py`, which builds no adapters;
peft's are their proof, and `phi3` of equal dimensions is that of the language model. The encoders are those of
transformers' own class (`phi4_multimodal`): that of pictures has its sizes in code, the config has those of sound under
names of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.dialects.towers import phi4_multimodal_audio, phi4_multimodal_vision
from llmsim_adapters.dialects.types import phi3, phi4_multimodal
from llmsim_adapters.spec.components import Adapter
from llmsim_adapters.spec.model import Block, Stack, Sublayer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Kind
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("lm_head_bias", False)
    r.only("mlp_bias", False)
    return phi3.read(r)


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    into = whole.nested("embd_layer", dialect=_INTO)
    vision = None if into is None else tower(into, "image_embd_layer", _PICTURES, fixed=True)
    if vision is not None:
        _hold(vision.r, "vision", _OF_PICTURES)
        yield replace(phi4_multimodal.seen(whole, text, vision), name="vision", counted_by="vision_num_hidden_layers")
    taken = None if into is None else into.nested("audio_embd_layer", dialect=_TAKEN)
    if taken is not None:
        _hold(taken, "audio", _OF_PROJECTIONS)
    processor = whole.nested("audio_processor", dialect=PartWords())
    sound = None if processor is None else _sound(processor)
    if sound is not None:
        yield replace(phi4_multimodal.listening(whole, text, sound), name="audio", counted_by="audio_num_hidden_layers")
    yield from _adapters(whole, text)


def _sound(processor: Reader) -> Tower | None:
    """Read the encoder of sound, of the one kind that the class has."""
    if processor.text("name") != "cascades":
        processor.set_aside("the encoder is left out")
        processor.not_modelled("audio_tower")
        return None
    found = tower(processor, "config", _SOUND, fixed=True)
    if found is not None:
        _hold(found.r, "audio", _OF_FRAMES)
    return found


def _hold(r: Reader, kind: str, fixed: Mapping[str, object]) -> None:
    """Read what the class of transformers fixes; another value is a part that is left out."""
    for name, value in fixed.items():
        if r.raw.get(name, value) != value:
            r.not_modelled(f"{kind}_{name}")
        r.mark(name)


def _conformer(r: Reader) -> ModelSpec:
    """Read the encoder of sound, some of whose sizes stand in objects of their own."""
    for part, key, name in _INSIDE:
        found = r.nested(part, dialect=_KIND)
        size = None if found is None else found.optional_size(key)
        if size is not None:
            r.derive(name, size)
    frame = r.nested("encoder_embedding_config")
    if frame is not None:
        frame.agree("input_size", r.size("input_size"), "the numbers of a frame")
    return phi4_multimodal_audio.DIALECT.read(r)


def _adapters(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Yield the adapters of each layer's matrices, which run where there are pictures, or sound alone."""
    found = {key: whole.nested(key, dialect=_ADAPTER) for key in _BESIDE if whole.has(key)}
    ranks = {
        key: each.size("r") for key, each in found.items() if each is not None and each.text("layer") in _ALL_MATRICES
    }
    if len(ranks) < len(found):
        whole.not_modelled("low_rank_adapters")
        return
    hidden, inner, heads = (text.size(name) for name in ("hidden_size", "intermediate_size", "num_attention_heads"))
    kv_heads = text.size_or("num_key_value_heads", lambda: heads)
    head = text.size_or("head_dim", lambda: hidden // heads)
    joined = (heads + 2 * kv_heads) * head
    matrices = ((hidden, joined), (heads * head, hidden), (hidden, 2 * inner), (inner, hidden))
    for key, rank in ranks.items():
        parts = [Adapter(input_size=taken, rank=rank, output_size=given) for taken, given in matrices]
        block, (name, beside, unless) = (
            Block("layer", tuple([Sublayer((part,), skip=False) for part in parts])),
            _BESIDE[key],
        )
        yield Stack(name, (block,), (0,) * layers(text), axis="features", beside=beside, unless=unless)


_BESIDE: Final[Mapping[str, tuple[str, tuple[Kind, ...], tuple[Kind, ...]]]] = {
    "vision_lora": ("vision_adapters", ("image",), ()),
    "speech_lora": ("speech_adapters", ("audio",), ("image",)),
}
"""By key of adapters: what their stack is called, the media that they run beside, and those beside which others do."""

_ALL_MATRICES: Final = (
    r"layers.*((self_attn\.(qkv_proj|o_proj))|(mlp\.(gate_up|down)_proj))",
    r"((layers.*self_attn\.(qkv|o)_proj)|(layers.*mlp\.(gate_up|down)_proj))",
)
"""What says that each matrix of a layer has an adapter."""

_OF_PICTURES: Final = {
    "image_token_compression_cls": "avg_pool_2d",
    "projection_cls": "mlp",
    "use_hd_transform": True,
    "with_learnable_separator": True,
}
_OF_FRAMES: Final = {
    "batch_norm": False,
    "bias_in_glu": True,
    "causal": True,
    "ext_pw_kernel_size": 1,
    "input_layer": "nemo_conv",
}
_OF_PROJECTIONS: Final = {
    "compression_rate": 8,
    "downsample_rate": 1,
    "projection_cls": "mlp",
    "use_conv_downsample": False,
    "use_qformer": False,
}
"""What the class of transformers fixes of its encoders, and of what projects sound."""

_INSIDE: Final = (
    ("nemo_conv_settings", "conv_channels", "nemo_conv_channels"),
    ("relative_attention_bias_args", "t5_bias_max_distance", "bias_max_distance"),
)
_KIND: Final = PartWords(costless={"type": "a name: the class has no other kind"})
_ADAPTER: Final = PartWords(costless={"dp": "training only", "lora_alpha": "a factor: elementwise"})
_INTO: Final = PartWords(costless={"embedding_cls": "a name"})
_TAKEN: Final = PartWords(costless={"embedding_cls": "a name", "enable_gradient_checkpointing": "training only"})

_PICTURES: Final = phi4_multimodal_vision.DIALECT.like(
    "phi4_multimodal_vision",
    costless={
        **_TAKEN.costless,
        "hd_transform_order": "whether a view of the whole stands before its parts or behind them",
    },
)

_SOUND: Final = phi4_multimodal_audio.DIALECT.like(
    "phi4_multimodal_audio",
    read=_conformer,
    aliases={
        "attention_dim": "hidden_size",
        "attention_heads": "num_attention_heads",
        "linear_units": "intermediate_size",
        "activation": "hidden_act",
        "depthwise_seperable_out_channel": "depthwise_separable_out_channel",
    },
    costless={
        "activation_checkpointing": "training only",
        "cnn_layer_norm": "SGLang's class takes it and has the norm in any case",
    },
)

DIALECT = replace(
    phi3.DIALECT.like(
        "phi4mm",
        read=read,
        costless=dict.fromkeys(("full_attn_mod", "interpolate_factor"), "training only: no class reads it"),
        towers=towers,
        lm_head_bias=False,
        mlp_bias=False,
        vocab_size=200064,
        num_key_value_heads=8,
    ),
    classes=("Phi4MMForCausalLM",),
)

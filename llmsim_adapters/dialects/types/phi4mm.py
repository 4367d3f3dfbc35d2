"""Phi-4-multimodal as its remote code has it: Phi-4-mini, with low-rank adapters for pictures and for sound.

Source: the published config of microsoft/Phi-4-multimodal-instruct and SGLang's `phi4mm.py`, which builds no adapters;
`phi3` of equal dimensions is the proof of the language model. The encoders are those of transformers' own class
(`phi4_multimodal`): that of pictures has its sizes in code, the config has those of sound under names of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.dialects.towers import phi4_multimodal_audio, phi4_multimodal_vision
from llmsim_adapters.dialects.types import phi3, phi4_multimodal
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.spec.components import Adapter
from llmsim_adapters.spec.model import Block, Stack, Sublayer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("lm_head_bias", False)
    r.only("mlp_bias", False)
    return phi3.read(r)


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    into = whole.nested("embd_layer", dialect=_INTO)
    vision = None if into is None else tower(into, "image_embd_layer", _PICTURES, fixed=True)
    if vision is not None:
        yield replace(phi4_multimodal.seen(whole, text, vision), name="vision", counted_by="vision_num_hidden_layers")
    processor = whole.nested("audio_processor", dialect=_OF_SOUND)
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
        for name, said in _ONLY.items():
            if found.r.raw.get(name, said) != said:
                processor.not_modelled(f"audio_{name}")
            found.r.mark(name)
    return found


def _conformer(r: Reader) -> ModelSpec:
    """Read the encoder of sound, some of whose sizes stand in objects of their own."""
    for part, key, name in _INSIDE:
        found = r.nested(part, dialect=_KIND)
        size = None if found is None else found.optional_size(key)
        if size is not None:
            r.derive(name, size)
    return phi4_multimodal_audio.DIALECT.read(r)


def _adapters(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Yield the adapters of each layer's matrices, which run where there are pictures, or sound alone."""
    hidden, inner = text.size("hidden_size"), text.size("intermediate_size")
    heads, kv_heads = text.size("num_attention_heads"), text.size_or("num_key_value_heads", lambda: 0)
    joined = (heads + 2 * kv_heads) * (hidden // heads)
    found = [whole.nested(key, dialect=_ADAPTER) for key in ("vision_lora", "speech_lora") if whole.has(key)]
    ranks = [each.size("r") for each in found if each is not None and each.text("layer") in _ALL_MATRICES]
    if len(ranks) < len(found):
        whole.not_modelled("low_rank_adapters")
        return
    if not ranks:
        return
    matrices = ((hidden, joined), (hidden, hidden), (hidden, 2 * inner), (inner, hidden))
    parts = [Adapter(input_size=taken, rank=rank, output_size=given) for rank in ranks for taken, given in matrices]
    block = Block("layer", tuple([Sublayer((part,), skip=False) for part in parts]))
    whole.gaps.append(Gap(GapKind.UNSUPPORTED_FEATURE, "low_rank_adapters", _ADDED))
    yield Stack("adapters", (block,), (0,) * layers(text), axis="features")


_ADDED: Final = "their weights are counted; what they run beside pictures or sound, as no text does, is not"
_ALL_MATRICES: Final = (
    r"layers.*((self_attn\.(qkv_proj|o_proj))|(mlp\.(gate_up|down)_proj))",
    r"((layers.*self_attn\.(qkv|o)_proj)|(layers.*mlp\.(gate_up|down)_proj))",
)
"""What says that each matrix of a layer has an adapter."""

_ONLY: Final = {"batch_norm": False, "bias_in_glu": True, "ext_pw_kernel_size": 1, "input_layer": "nemo_conv"}
"""What the class of transformers fixes."""

_INSIDE: Final = (
    ("nemo_conv_settings", "conv_channels", "nemo_conv_channels"),
    ("relative_attention_bias_args", "t5_bias_max_distance", "bias_max_distance"),
)
_KIND: Final = PartWords(costless={"type": "a name: the class has no other kind"})
_ADAPTER: Final = PartWords(costless={"dp": "training only", "lora_alpha": "a factor: elementwise"})
_OF_SOUND: Final = PartWords()
_INTO: Final = PartWords(
    costless={
        "audio_embd_layer": "how sound is taken in: by two projections, as by the class of transformers",
        "embedding_cls": "a name",
    }
)

_PICTURES: Final = phi4_multimodal_vision.DIALECT.like(
    "phi4_multimodal_vision",
    costless={
        **dict.fromkeys(("embedding_cls", "enable_gradient_checkpointing"), "a name, or training only"),
        **dict.fromkeys(
            (
                *("hd_transform_order", "image_token_compression_cls", "projection_cls", "use_hd_transform"),
                "with_learnable_separator",
            ),
            "what the class of transformers fixes",
        ),
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
        "causal": "which frames attend to which: no weights",
        "cnn_layer_norm": "a norm that the class of transformers has as well",
        "encoder_embedding_config": "the numbers of a frame, which input_size says too",
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

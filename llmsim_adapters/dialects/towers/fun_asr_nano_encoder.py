"""Fun-ASR-Nano's encoder of sound: attention with memories over stacked frames (SAN-M, arXiv:2006.01713); its adaptor.

The first layer takes the stacked frames to the hidden size; the adaptor's two projections and layers have no memories.
Source: transformers `FunAsrNanoEncoderConfig` and `FunAsrNanoAdaptorConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm, layers
from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import MemoryBlock, Norm
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride, over_frames
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


def read(r: Reader) -> ModelSpec:
    hidden, count, norm = r.size("hidden_size"), layers(r), layer_norm(r)
    memory = MemoryBlock(channels=hidden, kernel=r.size("fsmn_kernel_size"))
    attention = replace(full_attention(r), options=(memory,))
    taken = r.derive("input_size", r.size("num_mel_bins") * r.size("num_stacked_frames"))
    into = replace(attention, input_size=None if taken == hidden else taken)
    feed_forward = Sublayer((mlp(r, bias=True, gated=False),), (norm,))
    first = Sublayer((into,), (Norm(taken, "layer", bias=True),), skip=taken == hidden)
    later = Sublayer((attention,), (norm,))
    normed = {count - r.count("num_timestamp_prediction_layers") - 1, count - 1}
    blocks: dict[str, Block] = {}
    names = []
    for layer in range(count):
        last = (Sublayer((norm,), skip=False),) if layer in normed else ()
        name = ("layer" if layer else "first") + ("_normed" if last else "")
        blocks.setdefault(name, Block(name, (later if layer else first, feed_forward, *last)))
        names.append(name)
    order = tuple(map([*blocks].index, names))
    return ModelSpec(r.model_type, (Stack("encoder", tuple(blocks.values()), order, axis="frames"),))


def adaptor(r: Reader) -> ModelSpec:
    """Read the adaptor's layers."""
    return encoder(r, full_attention(r), mlp(r, bias=True, gated=False), layer_norm(r), axis="frames")


def heard(whole: Reader, *, encoded: bool = False) -> Media:
    """Return the rule of sound: frames of which each `stride_lfr`th is stacked with those around it.

    Settings of `FunAsrNanoFeatureExtractor`: `frame_length` and `frame_shift` in milliseconds, `stride_lfr`. Where it
    is only `encoded`, another stack makes tokens of it.
    """

    def made(sounds: Settings) -> Media:
        rate = sounds.integer("sampling_rate", default=16000)
        window, hop = (sounds.integer(key, default=each) for key, each in (("frame_length", 25), ("frame_shift", 10)))
        every = Stride(1, sounds.integer("stride_lfr", default=6), 0)
        return FramedSound(
            framing=Framing(max(1, window * rate // 1000), hop=max(1, hop * rate // 1000), rate=rate),
            bins=1,
            strides=over_frames(every),
            encoded=encoded,
            origin=origin(sounds, "FunAsrNanoFeatureExtractor"),
        )

    return rule(whole, "audio", made)


DIALECT = Dialect(
    "fun_asr_nano_encoder",
    read,
    {
        "hidden_size": 512,
        "intermediate_size": 2048,
        "num_hidden_layers": 70,
        "num_attention_heads": 4,
        "hidden_act": "relu",
        "num_mel_bins": 80,
        "num_stacked_frames": 7,
        "num_timestamp_prediction_layers": 20,
        "fsmn_kernel_size": 11,
    },
)

ADAPTOR = Dialect(
    "fun_asr_nano_adaptor",
    adaptor,
    {
        "hidden_size": 1024,
        "intermediate_size": 256,
        "num_hidden_layers": 2,
        "num_attention_heads": 8,
        "hidden_act": "relu",
        "projector_hidden_size": 2048,
    },
    costless={"projector_hidden_act": "an activation between two projections: elementwise"},
)

"""Qwen2.5-Omni's makers of spectrograms from codes: a diffusion transformer (arXiv:2212.09748), and ECAPA for a voice.

Source: transformers `Qwen2_5OmniDiTConfig`; the voice's encoder is that of arXiv:2005.07143 without norms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.dialects.assembly.sound import convolution, of_convolutions
from llmsim_adapters.dialects.assembly.widths import by_ratio
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import MLP, Attention, PositionEmbedding, Projection
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component


def read(r: Reader) -> ModelSpec:
    hidden, mel, width = r.size("hidden_size"), r.size("mel_dim"), r.size("emb_dim")
    joined = mel + r.size("enc_dim") + r.size("enc_emb_dim") + width
    before = (
        Projection(input_size=_TIMES, output_size=hidden, bias=True),
        Projection(input_size=hidden, output_size=hidden, bias=True),
        PositionEmbedding(positions=r.size("num_embeds") + 1, hidden_size=width),
        *_voice(r, mel),
        Projection(input_size=joined, output_size=hidden, bias=True),
    )
    after = (
        Projection(input_size=hidden, output_size=2 * hidden, bias=True),
        Projection(input_size=hidden, output_size=mel, bias=True),
    )
    block = Block("layer", _layer(r, hidden))
    return ModelSpec(r.model_type, (Stack("encoder", (block,), (0,) * layers(r), before, after, axis="codes"),))


def _layer(r: Reader, hidden: int) -> tuple[Sublayer, ...]:
    """Return a layer, whose norms get shifts, scales and gates of the time that are projected."""
    heads = r.size("num_attention_heads")
    mixer = Attention(
        hidden_size=hidden,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        head_dim=r.size("head_dim"),
        qkv_bias=True,
        o_bias=True,
        causal=False,
        cached=False,
    )
    inner = r.derive("ff_inner", by_ratio(r, hidden, "ff_mult"))
    network = MLP(hidden_size=hidden, intermediate_size=inner, activation="gelu", gated=False, bias=True)
    of_time = Projection(input_size=hidden, output_size=6 * hidden, bias=True)
    return Sublayer((of_time,), skip=False), Sublayer((mixer,)), Sublayer((network,))


def _voice(r: Reader, mel: int) -> Iterator[Component]:
    """Yield the encoder of a voice, of which one vector is left."""
    channels = of_convolutions(r, "enc_channels") or [1]
    kernels = of_convolutions(r, "enc_kernel_sizes", (), len(channels)) or [1] * len(channels)
    scale, squeezed, asked = r.size("enc_res2net_scale"), r.size("enc_se_channels"), r.size("enc_attention_channels")
    last = channels[-1]
    yield convolution(mel, channels[0], kernels[0])
    for taken, given, kernel in zip(channels[:-2], channels[1:-1], kernels[1:-1], strict=True):
        part = max(1, given // scale)
        yield convolution(taken, given, 1)
        yield from (convolution(part, part, kernel),) * (min(int(scale), _MOST_PARTS) - 1)
        yield from (convolution(given, given, 1), convolution(given, squeezed, 1), convolution(squeezed, given, 1))
    r.check("enc_res2net_scale", scale <= _MOST_PARTS, f"is more than {_MOST_PARTS}")
    yield convolution(last, last, kernels[-1])
    yield from (convolution(3 * last, asked, 1), convolution(asked, last, 1))
    yield convolution(2 * last, r.size("enc_dim"), 1)


_TIMES, _MOST_PARTS = 256, 64

DIALECT = Dialect(
    "qwen2_5_omni_dit",
    read,
    {
        "hidden_size": 1024,
        "num_hidden_layers": 22,
        "num_attention_heads": 16,
        "head_dim": 64,
        "ff_mult": 2,
        "emb_dim": 512,
        "num_embeds": 8193,
        "mel_dim": 80,
        "enc_emb_dim": 192,
        "enc_dim": 128,
        "enc_channels": [256, 256, 256, 256, 768],
        "enc_kernel_sizes": [5, 3, 3, 3, 1],
        "enc_attention_channels": 64,
        "enc_res2net_scale": 2,
        "enc_se_channels": 64,
    },
    aliases={
        "dim": "hidden_size",
        "depth": "num_hidden_layers",
        "heads": "num_attention_heads",
        "emb_dim": "emb_dim",
    },
    costless={
        **dict.fromkeys(
            ("block_size", "look_ahead_layers", "look_backward_layers", "repeats"), "what attends to what: no weights"
        ),
        "enc_dilations": "which frames a convolution sees: no weights",
        "dropout": "a dropout",
        **dict.fromkeys(("enc_global_context", "enc_lin_neurons"), "nothing that the class reads"),
    },
)

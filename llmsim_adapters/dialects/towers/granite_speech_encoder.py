"""Granite Speech's encoder of sound: a conformer with attention in blocks, and a head of letters in its middle.

What the head says is added to the hidden states there (arXiv:2505.08699). Source: `GraniteSpeechEncoderConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.conformer import macaron
from llmsim_adapters.dialects.assembly.decoder import layer_norm, layers
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import MLP, BatchNorm, BlockAttention, ConvolutionModule, Projection
from llmsim_adapters.spec.model import ModelSpec, Stack

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader


def read(r: Reader) -> ModelSpec:
    hidden, heads = r.size("hidden_size"), r.size("num_attention_heads")
    half = MLP(
        hidden_size=hidden,
        intermediate_size=hidden * r.size("feedforward_mult"),
        activation="silu",
        gated=False,
        bias=True,
    )
    attention = BlockAttention(
        hidden_size=hidden,
        num_attention_heads=heads,
        head_dim=r.size_or("head_dim", lambda: hidden // heads),
        block=r.size("context_size"),
        distances=2 * r.size("max_pos_emb") + 1,
    )
    channels = hidden * r.size("conv_expansion_factor")
    convolution = ConvolutionModule(
        hidden_size=hidden,
        channels=channels,
        kernel=r.size("conv_kernel_size"),
        norm=BatchNorm(size=channels),
        bias=True,
    )
    into = Projection(input_size=r.size("input_dim"), output_size=hidden, bias=True)
    letters = r.size("output_dim")
    head = (replace(into, input_size=hidden, output_size=letters), replace(into, input_size=letters))
    block, order = macaron(layer_norm(r), half, attention, convolution), (0,) * layers(r)
    rows = ("rows", "rows")
    stack = Stack("encoder", (block,), order, (into,), head, axis="frames", before_rows=("rows",), after_rows=rows)
    return ModelSpec(r.model_type, (stack,))


DIALECT = Dialect(
    "granite_speech_encoder",
    read,
    {
        "input_dim": 160,
        "num_hidden_layers": 10,
        "hidden_size": 1024,
        "feedforward_mult": 4,
        "num_attention_heads": 8,
        "head_dim": None,
        "output_dim": 42,
        "context_size": 200,
        "max_pos_emb": 512,
        "conv_kernel_size": 15,
        "conv_expansion_factor": 2,
    },
    aliases={
        "num_layers": "num_hidden_layers",
        "hidden_dim": "hidden_size",
        "num_heads": "num_attention_heads",
        "dim_head": "head_dim",
        "num_mel_bins": "input_dim",
    },
)

"""Features of mixers with a state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from llmsim_adapters.spec.components import Component, Mamba, Mamba2, MatrixLSTM, ShortConvolution
from llmsim_adapters.spec.features.feature import Feature


def _bias(kind: type[Component], name: str, of: str = "projections from and to the hidden states") -> Feature[Any]:
    return Feature(
        name,
        f"biases of the {of}",
        kind,
        lambda m: m.bias,
        lambda m: replace(m, bias=False),
    )


def _no_convolution_bias(kind: type[Component], name: str) -> Feature[Any]:
    return Feature(
        name,
        "convolution without a bias",
        kind,
        lambda m: not m.conv_bias,
        lambda m: replace(m, conv_bias=True),
    )


FEATURES: Final[tuple[Feature[Any], ...]] = (
    _bias(ShortConvolution, "short_convolution_bias"),
    Feature(
        "centred_convolution",
        "short convolutions that look ahead as far as they look back",
        ShortConvolution,
        lambda m: not m.causal,
        lambda m: replace(m, causal=True),
    ),
    _bias(Mamba, "mamba_bias"),
    _bias(MatrixLSTM, "matrix_lstm_bias", "projections other than the gates'"),
    _bias(Mamba2, "mamba2_bias", "projection from the hidden states"),
    Feature(
        "mamba2_output_bias",
        "bias of the projection to the hidden states",
        Mamba2,
        lambda m: m.out_bias,
        lambda m: replace(m, out_bias=False),
    ),
    _no_convolution_bias(Mamba, "mamba_without_convolution_bias"),
    _no_convolution_bias(Mamba2, "mamba2_without_convolution_bias"),
    Feature(
        "mamba_input_norms",
        "normalisation of time steps, input and output matrices",
        Mamba,
        lambda m: m.input_norms,
        lambda m: replace(m, input_norms=False),
    ),
    Feature(
        "mamba_heads",
        "groups of channels with time steps and matrices of their own",
        Mamba,
        lambda m: m.heads is not None,
        lambda m: replace(m, heads=None),
    ),
    Feature(
        "mamba2_output_norm",
        "normalisation of the heads' results before the output projection",
        Mamba2,
        lambda m: m.output_norm is not None,
        lambda m: replace(m, output_norm=None),
    ),
)

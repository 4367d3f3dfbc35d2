"""Qwen2.5-Omni's vocoder: BigVGAN (arXiv:2206.04658). Source: transformers `Qwen2_5OmniBigVGANConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.sound import convolution, of_convolutions
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Scale
from llmsim_adapters.spec.model import ModelSpec, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component


def read(r: Reader) -> ModelSpec:
    return ModelSpec(r.model_type, (Stack("encoder", (), (), after=tuple(_parts(r)), axis="codes"),))


def _parts(r: Reader) -> Iterator[Component]:
    """Yield what makes samples: at each rate half the channels, and a residual block for each size of kernels."""
    width, rates = r.size("upsample_initial_channel"), of_convolutions(r, "upsample_rates")
    kernels = of_convolutions(r, "upsample_kernel_sizes", (), len(rates))[: int(width).bit_length()]
    sizes = of_convolutions(r, "resblock_kernel_sizes")
    r.check("upsample_initial_channel", width >> len(rates) > 0, "leaves no channel at the last of upsample_rates")
    r.check("resblock_kernel_sizes", len(sizes) <= _MOST, f"has more than {_MOST} entries")
    dilations = r.sequence("resblock_dilation_sizes") or ()
    r.check("resblock_dilation_sizes", len(dilations) >= len(sizes), "has fewer entries than resblock_kernel_sizes")
    yield convolution(r.size("mel_dim"), width, _SIDE)
    for number, kernel in enumerate(kernels):
        inner = width // 2 ** (number + 1)
        yield convolution(width // 2**number, inner, kernel)
        for size in sizes[:_MOST]:
            for _ in range(_TIMES):
                yield from (Scale(size=inner, shifted=True), convolution(inner, inner, size))
    last = width // 2 ** len(kernels)
    yield Scale(size=last, shifted=True)
    yield replace(convolution(last, 1, _SIDE), bias=False)


_SIDE, _TIMES, _MOST = 7, 6, 64


DIALECT = Dialect(
    "qwen2_5_omni_bigvgan",
    read,
    {
        "mel_dim": 80,
        "upsample_initial_channel": 1536,
        "upsample_rates": [5, 3, 2, 2, 2, 2],
        "upsample_kernel_sizes": [11, 7, 4, 4, 4, 4],
        "resblock_kernel_sizes": [3, 7, 11],
        "resblock_dilation_sizes": [[1, 3, 5]] * 3,
    },
    costless=dict.fromkeys(("use_bias_at_final", "num_mels"), "nothing that the class reads"),
)

"""Mamba: nothing but selective state spaces, one a layer. Source: `MambaConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import alone
from llmsim_adapters.dialects.assembly.recurrent import mamba
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = mamba(r)
    r.agree("intermediate_size", mixer.intermediate_size, "mamba_expand x hidden_size")
    return decoder(r, mixer, mixer, layout=alone)


DIALECT = Dialect(
    "mamba",
    read,
    defaults={
        "vocab_size": 50280,
        "hidden_size": 768,
        "num_hidden_layers": 32,
        "state_size": 16,
        "mamba_expand": 2,
        "conv_kernel": 4,
        "time_step_rank": "auto",
        "mamba_proj_bias": False,
        "mamba_conv_bias": True,
        "tie_word_embeddings": True,
    },
    aliases={"use_bias": "mamba_proj_bias", "d_inner": "intermediate_size"},
    costless={
        "hidden_act": "the mixer's activation: elementwise",
        "fused_add_norm": "how the same network is executed",
        "norm_before_gate": "the order of two elementwise operations",
        "pad_vocab_size_multiple": "vocab_size is the padded size already",
        "rms_norm": "the type's class has RMS norms, whatever the key says",
        "ssm_cfg": "the type's class does not know the key: other keys say the sizes",
    },
)

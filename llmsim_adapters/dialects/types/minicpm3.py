"""MiniCPM3: latent attention without experts. Source: transformers `MiniCPM3Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_SCALAR = "a scalar on activations: no weights, no matrix product"


def read(r: Reader) -> ModelSpec:
    return decoder(r, latent_attention(r, bias=r.flag("attention_bias")), mlp(r, bias=r.flag("mlp_bias")))


DIALECT = Dialect(
    "minicpm3",
    read,
    defaults={
        "vocab_size": 73448,
        "hidden_size": 2560,
        "intermediate_size": 6400,
        "num_hidden_layers": 62,
        "num_attention_heads": 40,
        "num_key_value_heads": 40,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "q_lora_rank": 768,
        "kv_lora_rank": 256,
        "qk_nope_head_dim": 64,
        "qk_rope_head_dim": 32,
        "v_head_dim": None,
    },
    costless={"scale_emb": _SCALAR, "scale_depth": _SCALAR, "dim_model_base": _SCALAR},
)

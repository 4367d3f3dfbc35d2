"""Llama: the plain decoder that most types are variations of. Source: transformers `LlamaConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, attention(r, bias=r.flag("attention_bias")), mlp(r, bias=r.flag("mlp_bias")))


DIALECT = Dialect(
    "llama",
    read,
    classes=("LlamaEmbeddingModel", "TeleFLMForCausalLM"),
    costless={
        "input_mult": "a factor on the embeddings: elementwise",
        "use_mup": "whether embeddings have a factor: elementwise",
    },
    defaults={
        "vocab_size": 32000,
        "hidden_size": 4096,
        "intermediate_size": 11008,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": None,
        "head_dim": None,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": False,
    },
)

"""PLaMo 3: Gemma 3's layers with SiLU, every eighth of which sees everything.

Source: vLLM 0.33's `plamo3.py`, and `Plamo3Config` of the checkpoints of pfnet/plamo-3-nict-2b-base; `gemma3_text` of
equal dimensions is the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.assembly.patterns import window_pattern
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, window_pattern(r, attention(r, qk_norm=True)), mlp(r), layout=sandwich_norm)


DIALECT = llama.DIALECT.like(
    "plamo3",
    read=read,
    aliases={"window_size": "sliding_window"},
    costless={
        "initial_context_length": "rotation angles: elementwise",
        "rope_local_theta": "rotation angles: elementwise",
        "rope_scaling_factor": "rotation angles: elementwise",
        "scale_embedding": "a factor on the embeddings: elementwise",
    },
    hidden_size=4096,
    intermediate_size=13312,
    num_hidden_layers=32,
    num_attention_heads=32,
    num_key_value_heads=4,
    head_dim=128,
    sliding_window=128,
    sliding_window_pattern=8,
    tie_word_embeddings=True,
)

"""GTE under its remote code's type. Source: Alibaba-NLP/new-impl and vLLM 0.33's `bert_with_rope.py`.

A model for classifying sequences has a pooler beside its scores.
"""

from __future__ import annotations

from llmsim_adapters.dialects.types import gte

DIALECT = gte.DIALECT.like(
    "new",
    classes=("GteNewModel", "GteNewForSequenceClassification"),
    costless={
        **dict.fromkeys(("pack_qkv", "unpad_inputs", "use_memory_efficient_attention"), "how it is executed"),
        **dict.fromkeys(("logn_attention_clip1", "logn_attention_scale"), "factors on scores: elementwise"),
        "layer_norm_type": "layer norms; the code's other ones have no biases",
        "position_embedding_type": "rotary positions; the code's other ones are a table",
    },
    neutral={"layer_norm_type": "layer_norm", "position_embedding_type": "rope"},
)

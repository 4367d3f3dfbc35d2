"""XLM-RoBERTa XL: Megatron-BERT's parts. Source: transformers `XLMRobertaXLConfig`."""

from llmsim_adapters.dialects.types import megatron_bert

DIALECT = megatron_bert.DIALECT.like(
    "xlm-roberta-xl",
    vocab_size=250880,
    max_position_embeddings=514,
    type_vocab_size=1,
    hidden_size=2560,
    intermediate_size=10240,
    num_hidden_layers=36,
    num_attention_heads=32,
)

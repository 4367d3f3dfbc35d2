"""PLBART: BART's parts. Source: transformers `PLBartConfig`."""

from llmsim_adapters.dialects.types import bart

DIALECT = bart.DIALECT.like(
    "plbart",
    vocab_size=50005,
    hidden_size=768,
    num_hidden_layers=6,
    num_attention_heads=12,
    intermediate_size=3072,
    encoder_layers=6,
    encoder_attention_heads=12,
    encoder_ffn_dim=3072,
)

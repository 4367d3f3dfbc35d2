"""The language model of Granite Docling: Granite. Source: transformers `GraniteDoclingTextConfig`."""

from llmsim_adapters.dialects.types import granite

DIALECT = granite.DIALECT.like(
    "granite_docling_text",
    classes=("GraniteDoclingForConditionalGeneration",),
    vocab_size=133800,
    hidden_size=1024,
    intermediate_size=2048,
    num_hidden_layers=28,
    num_attention_heads=16,
    num_key_value_heads=4,
    tie_word_embeddings=True,
)

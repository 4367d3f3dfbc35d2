"""RoBERTa: BERT with another vocabulary. Source: transformers `RobertaConfig`."""

from llmsim_adapters.dialects.types import bert

DIALECT = bert.DIALECT.like("roberta", vocab_size=50265)

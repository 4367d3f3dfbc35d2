"""XLM-RoBERTa: BERT's parts and defaults. Source: transformers `XLMRobertaConfig`."""

from llmsim_adapters.dialects.types import bert

DIALECT = bert.DIALECT.like("xlm-roberta")

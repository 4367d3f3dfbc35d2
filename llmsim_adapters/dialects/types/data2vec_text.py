"""data2vec: BERT's parts and defaults. Source: transformers `Data2VecTextConfig`."""

from llmsim_adapters.dialects.types import bert

DIALECT = bert.DIALECT.like("data2vec-text")

"""CamemBERT: BERT's parts and defaults. Source: transformers `CamembertConfig`."""

from llmsim_adapters.dialects.types import bert

DIALECT = bert.DIALECT.like("camembert")

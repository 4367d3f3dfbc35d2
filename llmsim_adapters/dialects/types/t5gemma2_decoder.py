"""T5Gemma 2's decoder: Gemma 3's layers, whose tokens attend to an encoder's output too.

Source: transformers `T5Gemma2DecoderConfig`.
"""

from llmsim_adapters.dialects.types import t5gemma2_text

DIALECT = t5gemma2_text.DIALECT.like("t5gemma2_decoder")

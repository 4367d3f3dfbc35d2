"""HunYuan-VL's language model: Hunyuan dense. Source: transformers `HunYuanVLTextConfig`."""

from llmsim_adapters.dialects.types import hunyuan_v1_dense

DIALECT = hunyuan_v1_dense.DIALECT.like(
    "hunyuan_vl_text",
    costless={"sep_token_id": "a token id"},
    classes=("HunYuanVLForConditionalGeneration",),
    head_dim=None,
    tie_word_embeddings=True,
)

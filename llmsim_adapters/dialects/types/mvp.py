"""MVP's decoder: BART's parts; the prompts are those of both halves together. Source: transformers `MvpConfig`."""

from llmsim_adapters.dialects.types import bart

DIALECT = bart.DIALECT.like(
    "mvp",
    vocab_size=50267,
    costless=dict.fromkeys(
        ("use_prompt", "prompt_length", "prompt_mid_dim"), "prompts, which a decoder by itself does not have"
    ),
)

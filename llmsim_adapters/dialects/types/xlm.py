"""XLM: BERT's layers with a table of languages, without kinds of token, and without a cache. Source: `XLMConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, fixed_width, unrotated_attention
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import MLP, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("asm", value=False)
    r.only("is_encoder", value=True)
    languages: tuple[PositionEmbedding, ...] = ()
    if r.size("n_langs") == 1:
        r.no_effect(("use_lang_emb",), "there is one language")
    elif r.flag("use_lang_emb"):
        languages = (PositionEmbedding(positions=r.size("n_langs"), hidden_size=r.size("hidden_size")),)
    mixer = replace(unrotated_attention(r), causal=r.flag("causal"), cached=False)
    inputs = (learned_positions(r), *languages, layer_norm(r))
    width = fixed_width(r)
    spec = classic(r, mixer, width=width, layout=post_norm, final_norm=False, inputs=inputs, head_bias=True)
    activation = "gelu" if r.flag("gelu_activation") else "relu"
    return spec.transform(MLP, lambda m: replace(m, activation=activation))


DIALECT = Dialect(
    "xlm",
    read,
    defaults={
        "vocab_size": 30145,
        "max_position_embeddings": 512,
        "hidden_size": 2048,
        "num_hidden_layers": 12,
        "num_attention_heads": 16,
        "gelu_activation": True,
        "asm": False,
        "causal": False,
        "is_encoder": True,
        "n_langs": 1,
        "use_lang_emb": True,
        "tie_word_embeddings": True,
    },
    aliases={"emb_dim": "hidden_size", "n_words": "vocab_size"},
    costless={
        "sinusoidal_embeddings": "initial values of the table of positions",
        "embed_init_std": "training only",
        **dict.fromkeys(
            ("bos_index", "eos_index", "pad_index", "unk_index", "mask_index", "mask_token_id", "lang_id"), "token ids"
        ),
        **dict.fromkeys(("start_n_top", "end_n_top"), "a head for answers, which no language model has"),
    },
)

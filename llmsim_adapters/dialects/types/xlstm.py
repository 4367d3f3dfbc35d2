"""xLSTM: an mLSTM and a gated network in every layer, widths by factors of the hidden size. Source: `xLSTMConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.assembly.recurrent import says_instead
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import MatrixLSTM, Norm
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec, Sublayer


def _scaled(r: Reader, factor: str, name: str) -> int:
    """Read a factor of the hidden size, and return the width, rounded down."""
    hidden, said = int(r.size("hidden_size")), r.number(factor)
    if said is None or not 1 <= said * hidden < 2**28:
        r.refuse(factor, said, "a factor of the hidden size")
        said = 1.0
    return r.derive(name, int(said * hidden))


def read(r: Reader) -> ModelSpec:
    says_instead(r, "num_hidden_layers", "num_blocks")
    hidden, heads, bias = r.size("hidden_size"), r.size("num_attention_heads"), r.flag("use_bias")
    r.agree("embedding_dim", hidden, "hidden_size")
    values, keys = _scaled(r, "v_dim_factor", "value_width"), _scaled(r, "qk_dim_factor", "key_width")
    r.check(
        "num_attention_heads",
        values % heads == keys % heads == 0,
        lambda: f"is {int(heads)}, which does not divide the widths of keys ({int(keys)}) and values ({int(values)})",
    )
    mixer = MatrixLSTM(
        hidden_size=hidden,
        num_heads=heads,
        key_width=keys,
        value_width=values,
        chunk_size=r.size("chunk_size"),
        output_norm=Norm(values, "layer", bias=bias),
        bias=bias,
    )
    multiple = r.size("ffn_round_up_to_multiple_of")
    width = multiple * ceil_div(_scaled(r, "ffn_proj_factor", "ffn_width"), multiple)

    def layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        return pre_norm(mixer, feed_forward, Norm(norm.size, bias=bias))

    network = mlp(r, width=width, bias=bias)
    return decoder(r, mixer, network, layout=layout, softcap=r.number("output_logit_soft_cap", least=0))


_RUN = "how the same network is executed or stored"

DIALECT = Dialect(
    "xlstm",
    read,
    defaults={
        "vocab_size": 50304,
        "hidden_size": 4096,
        "embedding_dim": None,
        "num_hidden_layers": 32,
        "num_blocks": None,
        "num_attention_heads": 8,
        "use_bias": False,
        "qk_dim_factor": 0.5,
        "v_dim_factor": 1.0,
        "chunk_size": 64,
        "ffn_proj_factor": 2.667,
        "ffn_round_up_to_multiple_of": 64,
        "output_logit_soft_cap": 30.0,
        "tie_word_embeddings": False,
    },
    aliases={
        "use_bias": "use_bias",
        "chunk_size": "chunk_size",
        "tie_word_embeddings": "unused_tie_word_embeddings",
    },
    costless={
        "tie_word_embeddings": "the type's class ties no weights, whatever the key says",
        "add_out_norm": "the type's class has the norm whatever the key says",
        "gate_soft_cap": "tanh soft-cap of the gates: elementwise",
        "norm_reduction_force_float32": "the number format of sums within norms",
        "eps": "a scalar that keeps divisions from zero",
        "inference_state_dtype": "the number format of the states, whose elements are counted",
        "max_inference_chunksize": "long prompts are run in parts of so many tokens",
        "weight_mode": "whether matrices are stored as one: their sizes are the same",
        **dict.fromkeys(
            (
                "autocast_kernel_dtype",
                "chunkwise_kernel",
                "mode",
                "return_last_states",
                "sequence_kernel",
                "step_kernel",
            ),
            _RUN,
        ),
    },
)

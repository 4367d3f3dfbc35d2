"""How large what a config says may be: what is above is taken for a mistake, and nothing below makes answers slow."""

from __future__ import annotations

from typing import Final

LARGEST_SIZE: Final = 2**28
"""The largest size of a matrix's side, and the largest number of anything that has no line of its own below."""

LARGEST: Final = {
    "num_hidden_layers": 1280,
    "num_nextn_predict_layers": 64,
    "num_attention_heads": 2**16,
    "num_key_value_heads": 2**16,
    "num_experts": 2**16,
    "num_experts_per_tok": 2**16,
    "num_shared_experts": 2**10,
    "num_double_layers": 640,
    "num_global_layers": 1280,
    "num_codebooks": 2**10,
    "num_languages": 2**10,
    "num_aux_hidden_states": 2**10,
    "altup_num_inputs": 64,
}
"""The largest values of other sizes, by canonical parameter: each is over ten times the largest that is published.

Whatever is made as often as a number says, as layers and copies of a tensor are, has to have its line here: an answer
to a model whose layers all differ takes a third of a second at the most layers.
"""

LONGEST: Final = 2**16
"""The most entries of a list; those of a list of layers are as many as there are layers."""

LONGEST_TEXT: Final = 2**16
"""The most characters of a word or a pattern."""


def largest(name: str) -> int:
    """Return the largest value of a canonical parameter."""
    return LARGEST.get(name, LARGEST_SIZE)

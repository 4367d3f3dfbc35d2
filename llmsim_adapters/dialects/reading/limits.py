"""How large what a config says may be: what is above is taken for a mistake, and nothing below makes answers slow."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    "num_code_groups": 2**10,
    "num_convolutions": 2**10,
    "num_languages": 2**10,
    "num_aux_hidden_states": 2**10,
    "altup_num_inputs": 64,
    "encoder_layers": 1280,
    "num_res_blocks": 64,
    "num_residual_layers": 64,
    "num_lstm_layers": 64,
    "lilicorr_num_layers": 64,
    "depth": 1280,
}
"""The largest values of other sizes, by canonical parameter: each is over ten times the largest that is published.

Whatever is made as often as a number says, as layers and copies of a tensor are, has to have its line here: an answer
to a model whose layers all differ takes a third of a second at the most layers.
"""

LONGEST: Final = 2**16
"""The most entries of a list; those of a list of layers are as many as there are layers."""

ONE_EACH: Final = "one entry for each of"
"""What is expected of a list of another length than there are layers: whose words and numbers may be right."""

LONGEST_TEXT: Final = 2**16
"""The most characters of a word or a pattern."""

_MANY_KEYS: Final = 4096
"""More keys than any object of a config has: of one with twice as many, these are read, and those that are known."""


def cut(raw: Mapping[str, Any], *known: Iterable[str]) -> tuple[Mapping[str, Any], int]:
    """Return an object without most of its keys, if it has very many, and how many are left out.

    What is left out is a gap, whatever it is; so that to go through keys takes no time, the known ones are kept.
    """
    if len(raw) <= 2 * _MANY_KEYS:
        return raw, 0
    first = dict(islice(raw.items(), _MANY_KEYS))
    words = set().union(*known)
    kept = {**first, **{key: raw[key] for key in words.intersection(raw)}}
    return kept, len(raw) - len(kept)


def largest(name: str) -> int:
    """Return the largest value of a canonical parameter."""
    return LARGEST.get(name, LARGEST_SIZE)

"""Changes of configs: a key gone, of another value or spelling, a second one beside it; the config inside a whole."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping

Raw = dict[str, Any]
Change = dict[str, Any]

WORDS: Final = ("full_attention", "sliding_attention", "mamba", "moe", "sparse", "gelu", "silu", "default", "absolute")
INSIDE: Final = ("text_config", "llm_config")
UNCHANGED: Final = {"transformers_version", "_name_or_path", "architectures", "model_type"}

ADDED: Final[Mapping[str, tuple[Any, ...]]] = {
    "attention_bias": (True, False),
    "bias": (True, False),
    "decoder_sparse_step": (2,),
    "first_k_dense_replace": (1, 2),
    "head_dim": (6, 16),
    "hidden_act": ("gelu", "silu"),
    "intermediate_size": (24,),
    "lm_head_bias": (True, False),
    "max_position_embeddings": (100,),
    "mlp_bias": (True, False),
    "moe_intermediate_size": (24,),
    "moe_layer_freq": (1, 2),
    "num_experts": (3, 8),
    "num_experts_per_tok": (1, 2),
    "num_key_value_heads": (1, 2),
    "qk_norm": (True, False),
    "qkv_bias": (True, False),
    "sliding_window": (5, None),
    "tie_word_embeddings": (True, False),
    "type_vocab_size": (3,),
    "use_bias": (True, False),
    "use_sliding_window": (True, False),
}
"""Keys that a config may have of another family."""


def paths(raw: Raw, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the keys that may be changed, those of objects inside too."""
    for key, value in raw.items():
        if not before and key in UNCHANGED:
            continue
        yield (*before, key)
        if isinstance(value, dict) and len(before) < 2:
            yield from paths(value, (*before, key))


def draw(chance: random.Random, raw: Raw, spellings: Mapping[str, str]) -> Change:
    """One change of a config; `spellings` has the names of parameters by what they are spelled as."""
    path = chance.choice(list(paths(raw)))
    value = at(raw, path)
    kind = chance.choice(("gone", "value", "value", "value", "type", "null", "spelling", "second", "added", "inside"))
    if kind in ("spelling", "second"):
        path = chance.choice([each for each in paths(raw) if each[-1] in spellings] or [path])
        value = at(raw, path)
        others = sorted(key for key, name in spellings.items() if name == spellings.get(path[-1]) and key != path[-1])
        if not others or isinstance(value, (dict, list)):
            kind = "gone"
        else:
            change = {"kind": kind, "path": list(path), "as": chance.choice(others)}
            return change | ({"value": another(chance, value)} if kind == "second" else {})
    if kind == "added":
        key = chance.choice(sorted(ADDED))
        inner = next((name for name in ("text_config", "decoder") if isinstance(raw.get(name), dict)), None)
        return {"kind": "value", "path": [*([inner] if inner else []), key], "value": chance.choice(ADDED[key])}
    if kind == "inside":
        return {"kind": kind, "path": [], "as": chance.choice(INSIDE)}
    if kind == "gone":
        return {"kind": kind, "path": list(path)}
    new = None if kind == "null" else of_another_type(chance, value) if kind == "type" else another(chance, value)
    return {"kind": "value", "path": list(path), "value": new}


def another(chance: random.Random, value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return chance.choice((value + 1, value * 2, value // 2, 0, 1))
    if isinstance(value, float):
        return chance.choice((0.0, value * 2, 1.0))
    if isinstance(value, list) and value:
        return chance.choice((value[:-1], [*value, value[0]], value[::-1], [value[-1]] * len(value), []))
    if isinstance(value, str):
        return chance.choice(WORDS)
    return chance.choice((1, True, "default", {}))


def of_another_type(chance: random.Random, value: Any) -> Any:
    """The value as another type has it."""
    if isinstance(value, bool):
        return chance.choice((int(value), str(value).lower()))
    if isinstance(value, int):
        return chance.choice((str(value), float(value), [value]))
    if isinstance(value, list):
        return value[0] if value else 1
    return [value]


def at(raw: Any, path: tuple[str, ...] | list[str]) -> Any:
    """What stands at a path."""
    for key in path:
        raw = raw[key]
    return raw


def changed(raw: Raw, change: Change) -> Raw:
    """The config with a change."""
    new = copy.deepcopy(raw)
    if change["kind"] == "inside":
        inner = {key: value for key, value in new.items() if key not in ("architectures", "transformers_version")}
        return {"model_type": new["model_type"], "architectures": new.get("architectures"), change["as"]: inner}
    *outer, key = change["path"]
    level = at(new, outer)
    if change["kind"] == "value":
        level[key] = change["value"]
    elif change["kind"] == "second":
        level[change["as"]] = change["value"]
    else:
        value = level.pop(key)
        if change["kind"] == "spelling":
            level[change["as"]] = value
    return new

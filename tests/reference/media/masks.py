"""Which tokens see each other where there are pictures among them: the pairs that transformers' own masks leave."""

from __future__ import annotations

from typing import Any, Final

import torch

from . import pictures, processors, tiny
from .types import IMAGES, square

BATCHES: Final = ([(150, 260)], [(150, 260), (420, 300)])
"""The pictures of one sequence."""

WORDS: Final = (3, 7)
"""How many words stand before all pictures and behind them."""


def masked(model_type: str, change: dict[str, Any]) -> dict[str, Any]:
    """Return how many pairs the masks of a tiny model's layers leave, layer by layer, with pictures among its words."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES as MODELS

    from .recorder import config_of, settings_of

    base = IMAGES[model_type]
    spec = {
        **base,
        **{key: {**base.get(key, {}), **value} if isinstance(value, dict) else value for key, value in change.items()},
    }
    found = processors.processor(model_type, spec)
    raw = tiny.config(model_type, {"text_config.vocab_size": 2000, **spec.get("config", {})})
    name = spec.get("architecture") or MODELS[model_type]
    name = name if isinstance(name, str) else name[0]
    rows = []
    for batch in (*BATCHES, *spec.get("films", ())):
        model = tiny.build(raw, name)
        made = texts(found, batch, spec)
        for key in ("video_token_id", "image_token_id", "image_token_index"):
            if hasattr(model.config, key):
                setattr(model.config, key, stands_in(found, key.replace("_index", "_id"), made))
        rows.append([batch, int(made["input_ids"].shape[-1]), of_layers(model, made)])
    return {"architecture": name, "config": config_of(raw, {}), "processor": settings_of(found, spec), "runs": rows}


def of_layers(model: Any, made: dict[str, Any]) -> list[int]:
    """Return the pairs that the mask of each layer of the language model leaves."""
    seen: list[int] = []
    for path, each in model.named_modules():
        if path.endswith("self_attn") and "language_model" in path:
            each.register_forward_pre_hook(lambda _, args, kwargs: seen.append(pairs(args, kwargs)), with_kwargs=True)
    with torch.no_grad():
        model(**made)
    return seen


def stands_in(found: Any, key: str, made: dict[str, Any]) -> int:
    """Return the token that stands for a row of features: the processor's or its tokenizer's, by how often it comes."""
    words = {getattr(each, key) for each in (found, found.tokenizer) if getattr(each, key, None) is not None}
    words.update(getattr(found, f"{key}s", None) or ())
    return max(words, key=lambda word: int((made["input_ids"] == word).sum()))


def texts(found: Any, batch: list[Any], spec: dict[str, Any]) -> dict[str, Any]:
    """Return what a processor makes of a text with words around pictures or videos."""
    videos = len(batch[0]) == 3
    word = getattr(found, "video_token" if videos else "image_token")
    before, behind = ("".join(f"<{name}{n}>" for n in range(count)) for name, count in zip("ab", WORDS, strict=True))
    if videos:
        given = {"videos": [pictures.video(*size) for size in batch], "do_sample_frames": False}
    else:
        given = {"images": [pictures.picture(*size) for size in batch]}
    if spec.get("each"):  # several pictures of one text
        given["images"] = [given["images"]]
    made = found(text=[before + word * len(batch) + behind], return_tensors="pt", **given)
    return {key: processors.plain(value) for key, value in made.items() if isinstance(value, torch.Tensor)}


def pairs(args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """Return how many pairs of a query and a key a layer's mask leaves."""
    mask = kwargs.get("attention_mask")
    mask = next(each for each in args if getattr(each, "dim", int)() == 4) if mask is None else mask
    left = mask if mask.dtype == torch.bool else mask == 0
    return int(left[0, 0].sum())


SMALL: Final[dict[str, Any]] = {
    "config": {
        "vision_config.image_size": 448,
        "mm_tokens_per_image": 64,
        "text_config.sliding_window": 30,
        "text_config.layer_types": ["sliding_attention", "full_attention"],
    },
    "image": square(448),
    "own": {"image_seq_length": 64},
}

NARROW: Final = {"projection_dim": 48, "vision_config.projection_dim": 48}

CASES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "gemma3": ("gemma3", SMALL),
    "gemma3-wide": ("gemma3", {**SMALL, "config": SMALL["config"] | {"text_config.sliding_window": 90}}),
    "gemma3n": ("gemma3n", {"config": {"text_config.sliding_window": 30}}),
    "gemma4": ("gemma4", {"config": {"text_config.sliding_window": 30}}),
    "gemma4-vision": (
        "gemma4",
        {
            "config": {"text_config.sliding_window": 30, "text_config.use_bidirectional_attention": "vision"},
            "films": ([(4, 150, 260)],),
        },
    ),
    "gemma4_unified": (
        "gemma4_unified",
        {
            "config": {"text_config.sliding_window": 30, "text_config.use_bidirectional_attention": "vision"},
            "films": ([(4, 150, 260)],),
        },
    ),
    "molmo2": ("molmo2", {"films": ([(4, 150, 260)],)}),
    "paligemma": ("paligemma", {"config": {**NARROW, "text_config.model_type": "gemma"}}),
    "paligemma-2": (
        "paligemma",
        {
            "config": {
                **NARROW,
                "text_config.model_type": "gemma2",
                "text_config.sliding_window": 30,
                "text_config.layer_types": ["sliding_attention", "full_attention"],
            }
        },
    ),
}
"""By name: which type, and what differs from its tiny model."""


def record(name: str, spec: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what there is to know of one case."""
    del name
    return masked(*spec)

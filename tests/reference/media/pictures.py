"""Pictures through transformers' own processors and encoders: what is seen, how many tokens, what runs."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import torch
from PIL import Image

SEEN = ("grid", "sizes", "shapes", "crops", "patches", "tiles", "ratio", "pooling", "position")
"""What the names of a processor's outputs have that say how a picture was cut."""


STANDS_IN = ("image_token", "video_token", "audio_token", "img_patch_token", "image_patch_token")
"""What processors call the token that stands for one row of features."""


def picture(height: int, width: int) -> Any:
    """Return a picture without anything on it."""
    return Image.fromarray(np.full((height, width, 3), 100, np.uint8))


def video(frames: int, height: int, width: int) -> Any:
    """Return a video of noise: of one whose frames are the same, some types leave patches out."""
    return np.random.default_rng(20260501).integers(0, 255, (frames, height, width, 3), np.uint8)


def inputs(processor: Any, sizes: list[Any], spec: dict[str, Any]) -> dict[str, Any]:
    """Return what a processor makes of pictures, `(height, width)`, or of videos with frames before."""
    videos = len(sizes[0]) == 3
    word = spec.get("word", getattr(processor, "video_token" if videos else "image_token", None) or "<image>")
    text = [word] * len(sizes) if spec.get("each") else [word * len(sizes)]
    if videos:
        films = [video(*size) for size in sizes]
        if "films" in spec:  # what the processor calls them, which then takes all of their frames
            return dict(processor(text=text, **{spec["films"]: films}, return_tensors="pt"))
        given = {"videos": films, "return_tensors": "pt", "do_sample_frames": False}
        for more in ({}, {"return_metadata": True}):  # a text with times needs to be told them
            try:
                found = dict(processor(text=text, **given, **more))
            except (KeyError, ValueError):
                continue
            return {key: value for key, value in found.items() if key != "video_metadata"}
        return dict(processor.video_processor(**given))
    given = {"images": [picture(*size) for size in sizes], "return_tensors": "pt", **spec.get("asked", {})}
    return dict(processor.image_processor(**given) if spec.get("without_text") else processor(text=text, **given))


def seen(found: dict[str, Any]) -> dict[str, Any]:
    """Return what is to be known of a processor's outputs: small ones as they are, of large ones the shape."""
    rows: dict[str, Any] = {}
    for key, value in found.items():
        if key in ("input_ids", "mm_token_type_ids", "attention_mask", "token_type_ids", "labels"):
            continue
        if isinstance(value, torch.Tensor) and value.dtype != torch.bool and "mask" not in key:
            small = value.numel() <= 12 and not value.is_floating_point()
            rows[key] = value.tolist() if small else list(value.shape)
        elif isinstance(value, (list, int)):
            rows[key] = value if len(str(value)) < 60 else f"{len(value)} of them"
    return rows


def placeholders(processor: Any, found: dict[str, Any]) -> tuple[int, int] | None:
    """Return the tokens that stand for features in the text, and all tokens that a picture became.

    It is the one that the processor names, or one that came more often.
    """
    if "input_ids" not in found:
        return None
    ids = torch.as_tensor(found["input_ids"]).flatten()
    tokens = processor.tokenizer.convert_ids_to_tokens(ids.tolist())
    names = {getattr(processor, name, None) for name in STANDS_IN}
    counted = Counter(tokens)
    return max(counted[name] for name in {*names, *counted}), len(tokens)


def rows_of(output: Any) -> int:
    """Return how many rows the language model is given."""
    for name in ("pooler_output", "deepstack_features", "last_hidden_state"):
        found = getattr(output, name, None)
        if found is not None:
            break
    else:
        found = output
    if isinstance(found, (list, tuple)):
        return sum(rows_of(each) for each in found if not isinstance(each, int))
    return found.numel() // found.shape[-1]

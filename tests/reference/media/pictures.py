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
    text = word * len(sizes)
    if videos:
        found = processor(
            videos=[video(*size) for size in sizes], text=[text], return_tensors="pt", do_sample_frames=False
        )
    elif spec.get("without_text"):
        found = processor.image_processor(images=[picture(*size) for size in sizes], return_tensors="pt")
    else:
        found = processor(images=[picture(*size) for size in sizes], text=[text], return_tensors="pt")
    return dict(found)


def seen(found: dict[str, Any]) -> dict[str, Any]:
    """Return what is to be known of a processor's outputs: small ones as they are, of large ones the shape."""
    rows: dict[str, Any] = {}
    for key, value in found.items():
        if key in ("input_ids", "mm_token_type_ids", "attention_mask", "token_type_ids", "labels"):
            continue
        if isinstance(value, torch.Tensor):
            small = value.numel() <= 12 and not value.is_floating_point()
            rows[key] = value.tolist() if small else list(value.shape)
        elif isinstance(value, (list, int)):
            rows[key] = value if len(str(value)) < 60 else f"{len(value)} of them"
    return rows


def placeholders(processor: Any, found: dict[str, Any]) -> tuple[int, int] | None:
    """Return the tokens that stand for features in the text, and all tokens that a picture became.

    Where a processor doesn't name its token, the one that came most often.
    """
    if "input_ids" not in found:
        return None
    ids = torch.as_tensor(found["input_ids"]).flatten()
    tokens = processor.tokenizer.convert_ids_to_tokens(ids.tolist())
    names = {getattr(processor, name, None) for name in STANDS_IN}
    named = sum(token in names for token in tokens)
    return max([named, *Counter(tokens).values()]), len(tokens)


def rows_of(output: Any) -> int:
    """Return how many rows the language model is given."""
    found = getattr(output, "pooler_output", None)
    found = output if found is None else found
    if hasattr(found, "last_hidden_state"):
        found = found.last_hidden_state
    if isinstance(found, (list, tuple)):
        return sum(rows_of(each) for each in found)
    return found.numel() // found.shape[-1]

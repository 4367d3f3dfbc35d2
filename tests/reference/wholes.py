"""Parameters of whole models that see or hear: those of the tiny models whose encoders are run.

    python -m tests.reference.wholes

counts what transformers allocates for each config of `facts/media_runs.json`, and of `facts/media_sounds.json` for
types that only hear, tied tensors once, on the meta device; and for some types without any size in their config.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import transformers

from . import measure, store
from .media import tiny

LOST = {"word_timestamp_config.blank_token_id": 0}
"""What the facts leave out of configs, as all numbers of tokens, and a class holds to a tiny vocabulary."""

BY_DEFAULT = {
    "lighton_ocr": "LightOnOcrForConditionalGeneration",
    "mistral3": "Mistral3ForConditionalGeneration",
    "mistral_large4": "MistralLarge4ForConditionalGeneration",
    "voxtral_realtime": "VoxtralRealtimeForConditionalGeneration",
}
"""Types whose class has sizes of its own for parts of which its config says nothing, and that class."""

FOLDER = Path(__file__).parent / "facts"


def write(folder: Path) -> None:
    """Count each type's whole model; types whose class can't be built alone are listed with the reason."""
    known: dict[str, Any] = {}
    for file in ("media_sounds", "media_runs"):
        known |= json.loads((folder / f"{file}.json").read_text(encoding="utf-8"))["types"]
    totals: dict[str, int] = {}
    failed: dict[str, str] = {}
    for name, fact in sorted(known.items()):
        try:
            totals[name] = _parameters(fact)
        except Exception as error:  # whatever a class says of sizes that don't go together
            failed[name] = f"{type(error).__name__}: {error}"[:120]
    by_default = {name: of_config({"model_type": name}, named) for name, named in BY_DEFAULT.items()}
    header = {"made_by": "tests.reference.wholes", "failed": failed, "by_default": by_default}
    store.write("media_totals", header, "types", totals, folder)


def _parameters(fact: dict[str, Any]) -> int:
    return of_config(fact["config"], fact["architecture"])


def of_config(raw: dict[str, Any], architecture: str) -> int:
    """Return the parameters that a class allocates for a config."""
    raw = tiny.merged(raw, {path: value for path, value in LOST.items() if path.split(".")[0] in raw})
    config = measure.configure({**raw, "architectures": [architecture]})
    _without_padding(config)
    with torch.device("meta"):
        model = getattr(transformers, architecture)._from_config(config)
    model.tie_weights()
    return sum(parameter.numel() for parameter in {id(each): each for each in model.parameters()}.values())


def _without_padding(config: Any) -> None:
    """Have a token of padding that is not beyond a tiny vocabulary, in a config and those inside it."""
    for part in (config, *(each for each in vars(config).values() if isinstance(each, transformers.PretrainedConfig))):
        if getattr(part, "pad_token_id", None) is not None and part.pad_token_id >= getattr(part, "vocab_size", 0):
            part.pad_token_id = 0
        if part is not config:
            _without_padding(part)


if __name__ == "__main__":
    write(FOLDER)

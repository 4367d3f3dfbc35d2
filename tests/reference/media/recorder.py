"""Record what encoders of pictures run and what pictures become: `facts/media_runs.json`, `facts/media_tokens.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from transformers.models.auto.modeling_auto import MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES as MODELS

from .. import store
from ..measure import say
from . import ledger, methods, pictures, processors, tiny
from .types import IMAGES, ITEMS, OTHERWISE

if TYPE_CHECKING:
    from pathlib import Path

BATCHES: Final = ([(150, 260)], [(420, 300)], [(150, 260), (150, 260)], [(150, 260), (420, 300)], [(4, 150, 260)])
"""Pictures, height and width, and a video of four frames, that each tiny model is run with."""

BARE: Final = (
    *("_name_or_path", "id2label", "label2id", "chunk_size_feed_forward", "output_hidden_states", "return_dict"),
    *("output_attentions", "is_encoder_decoder", "problem_type", "initializer_range", "initializer_factor"),
    *("use_cache", "attention_dropout", "hidden_dropout_prob", "dropout", "architectures", "dtype"),
)
"""Keys of configs that nothing here hangs on."""


def config_of(raw: dict[str, Any], default: dict[str, Any], inside: bool = False) -> dict[str, Any]:
    """Return a config without what bears on nothing, and of the text's what isn't the class's default."""
    found = {}
    for key, value in raw.items():
        if key in BARE or key.endswith(("token_id", "_token_index", "_eps", "_dropout")):
            continue
        if isinstance(value, dict):
            kept = default.get(key) if isinstance(default.get(key), dict) else {}
            found[key] = config_of(value, kept, inside or key == "text_config")
        elif not inside or key == "model_type" or default.get(key, "-") != value:
            found[key] = value
    return found


def run(model_type: str, spec: dict[str, Any], batches: Any = BATCHES) -> dict[str, Any]:
    """Return what a tiny model of a type runs for each batch that its processor takes."""
    found = processors.processor(model_type, spec)
    raw = tiny.config(model_type, spec.get("config", {}))
    name = MODELS.get(model_type, spec.get("architecture"))
    name = name if isinstance(name, str) else name[0]
    model = tiny.build(raw, name)
    taken, seen, tokens, outputs, refused = [], [], [], [], {}
    for batch in spec.get("batches", batches):
        method = method_of(model, spec, "video" if len(batch[0]) == 3 else "image")
        if method is None or (len(batch[0]) == 3 and not hasattr(found, "video_processor")):
            continue
        try:
            made = pictures.inputs(found, batch, spec)
            kept = processors.accepted(method, made)
            outputs.append(ledger.run(model, lambda method=method, kept=kept: method(**kept)))
        except Exception as error:
            refused[str(batch)] = say(error)
            continue
        taken.append(batch)
        seen.append(pictures.seen(made))
        tokens.append(pictures.placeholders(found, made))
    if not taken:
        raise ValueError(str(refused))
    book = ledger.lines(model, [book for _, book in outputs])
    return {
        "architecture": name,
        "config": config_of(raw, json.loads(type(model.config)().to_json_string(use_diff=False))),
        "processor": settings_of(found, spec),
        "items": taken,
        "seen": seen,
        "tokens": tokens,
        "rows": [pictures.rows_of(output) for output, _ in outputs],
        **book,
        "idle": idle(model, book),
        **({"apart": spec["apart"]} if "apart" in spec else {}),
        **({"refused": refused} if refused else {}),
    }


def method_of(model: Any, spec: dict[str, Any], kind: str) -> Any:
    """Return what of a model makes features of pictures or videos."""
    if kind == "image" and model.config.model_type in methods.IMAGE:
        return methods.IMAGE[model.config.model_type](model)
    inner = getattr(model, "model", model)
    return getattr(inner, f"get_{kind}_features", None) or getattr(model, f"get_{kind}_features", None)


def settings_of(found: Any, spec: dict[str, Any]) -> dict[str, Any]:
    """Return the classes of a processor and what was set of it."""
    parts = {part: type(getattr(found, part)).__name__ for part in found.get_attributes() if "tokenizer" not in part}
    kept = {key: spec[key] for key in ("image", "video", "audio", "own") if key in spec}
    return {"class": type(found).__name__, **parts, **kept}


def idle(model: Any, book: dict[str, Any]) -> list[Any]:
    """Return the matrices beside those that ran which no product read: tables of positions, and what never runs."""
    read = {name for _, line in book["weights"] for name, *_ in line}
    beside = {".".join(name.split(".")[: 2 if name.startswith("model.") else 1]) + "." for name in read}
    rest: dict[tuple[str, tuple[int, ...]], int] = {}
    for name, weight in model.named_parameters():
        line = (ledger.starred(name), tuple(weight.shape))
        if line[0] not in read and weight.dim() > 1 and name.startswith(tuple(beside)):
            rest[line] = rest.get(line, 0) + 1
    return [[name, list(shape), count] for (name, shape), count in rest.items()]


def tokens(model_type: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return what pictures of many sizes become with the processor's defaults and with other settings."""
    cases = []
    for change in ({}, *OTHERWISE.get(spec.get("family", model_type), ())):
        image, own = (
            {**spec.get("image", {}), **change.get("image", {})},
            {**spec.get("own", {}), **change.get("own", {})},
        )
        changed = {**spec, "image": image, "own": own}
        try:
            found = processors.processor(model_type, changed)
        except Exception as error:
            cases.append({"settings": change, "refused": say(error)})
            continue
        rows = []
        for size in (*ITEMS, *change.get("items", ())):
            try:
                made = pictures.inputs(found, [size], changed)
                rows.append([list(size), pictures.seen(made), pictures.placeholders(found, made)])
            except Exception as error:
                rows.append([list(size), None, say(error)])
        cases.append({"settings": {"image": image, "own": own}, "items": rows})
    return {"processor": settings_of(found, spec), "cases": cases}


def write(folder: Path, only: list[str]) -> None:
    """Record all types, or only some of them into what is there; written after each, since some take minutes."""
    for name, record in (("media_runs", run), ("media_tokens", tokens)):
        path = folder / f"{name}.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        rows, failed = known.get("types", {}), known.get("failed", {})
        for model_type in only or IMAGES:
            failed.pop(model_type, None)
            rows.pop(model_type, None)
            try:
                rows[model_type] = record(model_type, IMAGES[model_type])
            except Exception as error:
                failed[model_type] = say(error)
            order = {kind: rows[kind] for kind in IMAGES if kind in rows}
            store.write(name, {"failed": dict(sorted(failed.items()))}, "types", order, folder)

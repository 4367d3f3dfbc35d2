"""Record what encoders run and what pictures and sounds become: `facts/media_{runs,tokens,sounds}.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from transformers.models.auto.modeling_auto import MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES as MODELS
from transformers.models.auto.modeling_auto import MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES as SPEECH

from .. import store
from ..measure import say
from . import ledger, masks, methods, pictures, processors, sounds, tiny
from .settings import INERT, ITEMS, OTHERWISE, VIDEOS, defaults
from .types import IMAGES, SECONDS, SOUNDS
from .varied import VARIED, VARIED_SOUNDS, VARIED_VIDEOS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BATCHES: Final = ([(150, 260)], [(420, 300)], [(150, 260), (150, 260)], [(150, 260), (420, 300)], [(4, 150, 260)])
"""Pictures, height and width, and a video of four frames, that each tiny model is run with."""

SOUNDS_OF: Final = ([2.0], [7.31], [2.0, 2.0], [2.0, 7.31], [31.0])
"""Seconds of the sounds."""

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


def run(model_type: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return what a tiny model of a type runs for each batch of pictures that its processor takes."""
    return _run(model_type, spec, [*spec.get("batches", BATCHES), *spec.get("more", ())], _seeing)


def hearing(model_type: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return the same for sounds."""
    return _run(model_type, spec, spec.get("seconds", SOUNDS_OF), _hearing)


def sound(model_type: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return the same, and what sounds of many lengths become."""
    rows = hearing(model_type, spec)
    found = processors.processor(model_type, spec)
    lengths: list[list[Any]] = []
    for length in SECONDS:
        try:
            made = sounds.inputs(found, [length], spec)
            lengths.append([length, pictures.seen(made), sounds.placeholders(found, made)])
        except Exception as error:
            lengths.append([length, say(error)])
    return rows | {"defaults": extractor_of(found), "lengths": lengths}


def _seeing(found: Any, batch: list[Any], spec: dict[str, Any]) -> tuple[str, dict[str, Any], Any]:
    if len(batch[0]) == 3 and not hasattr(found, "video_processor"):
        return "", {}, None
    made = pictures.inputs(found, batch, spec)
    return "video" if len(batch[0]) == 3 else "image", made, pictures.placeholders(found, made)


def _hearing(found: Any, batch: list[Any], spec: dict[str, Any]) -> tuple[str, dict[str, Any], Any]:
    made = sounds.inputs(found, batch, spec)
    return "audio", made, sounds.placeholders(found, made)


def _run(model_type: str, spec: dict[str, Any], batches: Any, make: Callable[..., Any]) -> dict[str, Any]:
    found = processors.processor(model_type, spec)
    raw = tiny.config(model_type, spec.get("config", {}))
    name = spec.get("architecture") or MODELS.get(model_type) or SPEECH[model_type]
    name = name if isinstance(name, str) else name[0]
    model = tiny.build(raw, name)
    taken, seen, tokens, outputs, refused = [], [], [], [], {}
    for batch in batches:
        try:
            kind, made, counted = make(found, batch, spec)
            method = method_of(model, spec, kind)
            if method is None:
                continue
            kept = processors.accepted(method, made)
            outputs.append(ledger.run(model, lambda method=method, kept=kept: method(**kept)))
        except Exception as error:
            refused[str(batch)] = say(error)
            continue
        taken.append(batch)
        seen.append(pictures.seen(made))
        tokens.append(counted)
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
    special = {"image": methods.IMAGE, "video": methods.VIDEO, "audio": methods.AUDIO}.get(kind, {})
    if model.config.model_type in special:
        return special[model.config.model_type](model)
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


def tokens(model_type: str, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return what pictures of many sizes become with the processor's defaults and with other settings.

    None for a type without.

    `overruled`: settings that the processor gives its image processor in each call, whatever a checkpoint's file says
    of them; only who calls can give others (`asked`).
    """
    cases = []
    found = processors.processor(model_type, spec)
    if not hasattr(found, "image_processor"):
        return None
    overruled = {key: value for key, value in getattr(found, "images_kwargs", {}).items() if key not in INERT}
    for change in ({}, *OTHERWISE.get(type(found.image_processor).__name__, ())):
        changed = {**spec, **{key: {**spec.get(key, {}), **change.get(key, {})} for key in ("image", "own")}}
        changed["asked"] = {key: value for key, value in change.get("image", {}).items() if key in overruled}
        settings = {key: changed[key] for key in ("image", "own", "asked") if changed[key]}
        try:
            found = processors.processor(model_type, changed)
        except Exception as error:
            cases.append({"settings": settings, "refused": say(error)})
            continue
        rows = [item(found, size, changed) for size in (*ITEMS, *change.get("items", ()))]
        names = list(dict.fromkeys(name for _, made, _ in rows if made for name in made))
        items = [
            [*size, *(made.get(name) for name in names), *counted] if made else [*size, counted]
            for size, made, counted in rows
        ]
        cases.append({"settings": settings, "seen": names, "items": few(items)})
    return {
        "processor": settings_of(found, {}),
        "defaults": defaults(type(found.image_processor)),
        **({"overruled": overruled} if overruled else {}),
        "cases": cases,
    }


def videos(model_type: str, spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return what videos become with the processor's defaults; None for a type without, or with one length for all."""
    found = processors.processor(model_type, spec)
    if not hasattr(found, "video_processor") or "films" in spec:
        return None
    rows = [item(found, size, spec) for size in VIDEOS]
    if not any(made for _, made, _ in rows):
        raise ValueError(rows[-1][2])
    names = list(dict.fromkeys(name for _, made, _ in rows if made for name in made))
    items = [
        [*size, *(made.get(name) for name in names), *counted] if made else [*size, counted]
        for size, made, counted in rows
    ]
    overruled = {key: value for key, value in getattr(found, "videos_kwargs", {}).items() if key not in INERT}
    return {
        "processor": type(found.video_processor).__name__,
        "settings": {key: spec[key] for key in ("video", "own") if key in spec},
        "defaults": defaults(type(found.video_processor)),
        **({"overruled": overruled} if overruled else {}),
        "seen": names,
        "items": items,
    }


def few(items: list[list[Any]]) -> list[list[Any]]:
    """Return a small, a wide and a large picture of those that all become the same."""
    same = all(item[2:] == items[0][2:] for item in items)
    return [items[0], items[5], items[-1]] if same else items


def item(found: Any, size: tuple[int, ...], spec: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Return of one picture its size, what was made of it and the tokens, or why it was refused."""
    try:
        made = pictures.inputs(found, [size], spec)
    except Exception as error:
        return size, None, say(error)
    return size, pictures.seen(made), pictures.placeholders(found, made) or (None, None)


def extractor_of(found: Any) -> dict[str, Any]:
    """Return what a sound's extractor is set to, as far as it bears on lengths."""
    parts = (getattr(found, name, None) for name in ("feature_extractor", "audio_processor"))
    settings = next((part.to_dict() for part in parts if part is not None), {})
    inert = ("mel_filters", "window", "processor_class", "feature_extractor_type", "padding_value", "dither")
    plain = (bool, int, float, str, list, dict)
    return {key: value for key, value in settings.items() if key not in inert and isinstance(value, plain)}


RECORDS: Final = {
    "media_runs": (run, IMAGES),
    "media_tokens": (tokens, IMAGES),
    "media_videos": (videos, IMAGES),
    "media_sounds": (sound, SOUNDS),
    "media_varied": (run, VARIED),
    "media_varied_sounds": (hearing, VARIED_SOUNDS),
    "media_varied_videos": (run, VARIED_VIDEOS),
    "media_masks": (masks.record, masks.CASES),
}
"""By file of facts: what records a type, and which types."""


def write(folder: Path, only: list[str]) -> None:
    """Record all files of all types, or some of either; written after each type, since some take minutes."""
    files = [name for name in RECORDS if name in only] or list(RECORDS)
    for name in files:
        record, types = RECORDS[name]
        path = folder / f"{name}.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        rows, failed = known.get("types", {}), known.get("failed", {})
        for model_type in [kind for kind in types if kind in only] or types:
            failed.pop(model_type, None)
            rows.pop(model_type, None)
            try:
                rows[model_type] = record(model_type, types[model_type])
            except Exception as error:
                failed[model_type] = say(error)
            if rows.get(model_type, True) is None:
                del rows[model_type]
            if name in ("media_tokens", "media_videos"):
                share(rows)
            order = {kind: rows[kind] for kind in types if kind in rows}
            store.write(name, {"failed": dict(sorted(failed.items()))}, "types", order, folder)


def share(rows: dict[str, Any]) -> None:
    """Name, in place of the same processor and cases once more, the first type that has them."""
    first: dict[str, str] = {}
    for model_type in IMAGES:
        if model_type in rows and "same_as" not in rows[model_type]:
            body = store.line(rows[model_type])
            if first.setdefault(body, model_type) != model_type:
                rows[model_type] = {"same_as": first[body]}

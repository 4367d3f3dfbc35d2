"""Totals of configs that leave almost everything out: a type alone, its parts empty, and each way to say who ties.

What a config doesn't say is the class's, and a composite's class may have other defaults for its parts than theirs.
"""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any, Final

import torch
import transformers
from transformers.models.auto import modeling_auto
from transformers.models.auto.configuration_auto import CONFIG_MAPPING, CONFIG_MAPPING_NAMES

from llmsim_adapters.dialects.reading.find import bare as named
from llmsim_adapters.dialects.reading.find import declared_types

from . import measure, store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLES: Final = ("MULTIMODAL_LM", "SEQ_TO_SEQ_CAUSAL_LM", "SPEECH_SEQ_2_SEQ", "CAUSAL_LM", "MASKED_LM")
"""transformers' tables of classes that generate or fill in words, the whole model's before its language model's."""

TEXT: Final = ("text_config", "decoder_config")

LAYERS: Final = 2

TIES: Final = (None, True, False)

Row = list[Any]


def write(folder: Path) -> None:
    """Count each type that both transformers and the package have."""
    declared = {named(name) for name in declared_types()}
    types = sorted(name for name in CONFIG_MAPPING_NAMES if named(name) in declared and class_of(name))
    with multiprocessing.get_context("fork").Pool(2) as pool:
        counted = pool.map(count, types, chunksize=1)
    rows = dict(zip(types, counted, strict=True))
    store.write("bare", {}, "types", rows, folder)


def class_of(model_type: str) -> str:
    """The name of the class that a type's config is for; empty where it is for none that has words."""
    for table in TABLES:
        found = getattr(modeling_auto, f"MODEL_FOR_{table}_MAPPING_NAMES").get(model_type)
        if found:
            return str(found if isinstance(found, str) else found[0])
    return ""


def count(model_type: str) -> dict[str, Any]:
    """The class, and `[config, parameters]` of each config, or what the class says against it in their place."""
    name = class_of(model_type)
    return {"class": name, "configs": [[raw, _total(raw, name)] for raw in _configs(model_type)]}


def _total(raw: dict[str, Any], name: str) -> int | str:
    try:
        config = measure.configure(raw)
        if part := measure.BUILT_FROM.get(raw["model_type"]):
            config = getattr(config, part)
        with torch.device("meta"):
            model = getattr(transformers, name)._from_config(config, dtype=torch.float32)
        return int(measure.totals(model)["parameters"])
    except Exception as error:  # whatever a class says of its own defaults
        return measure.say(error)


def _configs(model_type: str) -> Iterator[dict[str, Any]]:
    alone = {"model_type": model_type}
    yield alone
    parts = CONFIG_MAPPING[model_type].sub_configs_defaults
    for key in parts:
        yield {**alone, key: {}}
    text = next((key for key in TEXT if key in parts), None)
    if text is None:
        return
    small = {"model_type": parts[text].model_type, "num_hidden_layers": LAYERS}
    for whole in TIES:
        for inner in TIES:
            yield {**alone, **_ties(whole), text: {**small, **_ties(inner)}}


def _ties(said: bool | None) -> dict[str, bool]:
    return {} if said is None else {"tie_word_embeddings": said}

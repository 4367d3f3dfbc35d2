"""Drafts whose config has that of their layers inside: those of speculators, a library."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.reading import Reading

_LAYER: Final = "transformer_layer_config"


def flattened(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a config in which the keys of the layers stand beside those of the draft, which win.

    The type is the layer's where the draft's says nothing of it.
    """
    if not _is_such(config):
        return config
    layer = config[_LAYER]
    of_draft = {name: value for name, value in config.items() if name != _LAYER}
    of_layer = {} if "model_type" not in layer else {"model_type": layer["model_type"]}
    return {**layer, **of_draft, **of_layer}


def located(reading: Reading, config: Mapping[str, Any]) -> Reading:
    """Return the reading of such a config with the paths that keys have in it, before it was flattened."""
    if not _is_such(config):
        return reading

    def at(path: str) -> str:
        return path if path.partition(".")[0] in config else f"{_LAYER}.{path}"

    found = {
        name: parameter if parameter.key is None else parameter._replace(key=at(parameter.key))
        for name, parameter in reading.parameters.items()
    }
    without_effect = {at(path): why for path, why in reading.without_effect.items()}
    return replace(reading, parameters=found, without_effect=without_effect)


def _is_such(config: Mapping[str, Any]) -> bool:
    return isinstance(config.get(_LAYER), dict) and "speculators_model_type" in config

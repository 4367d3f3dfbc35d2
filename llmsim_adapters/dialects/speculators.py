"""The format of speculators, a library of draft models: the config of a layer inside that of the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAYER: Final = "transformer_layer_config"


def flattened(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a config in which the keys of the layer stand beside those of the draft, which win but for the type."""
    layer = config.get(_LAYER)
    if "speculators_model_type" not in config or not isinstance(layer, dict):
        return config
    of_draft = {key: value for key, value in config.items() if key != _LAYER}
    return {**layer, **of_draft, **({"model_type": layer["model_type"]} if "model_type" in layer else {})}

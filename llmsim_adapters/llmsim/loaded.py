"""LLMSim's configs of models, each with its model beside it: that can't be recovered from the other attributes."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.gap import GapKind
from llmsim_adapters.llmsim.checkout import require
from llmsim_adapters.llmsim.describe import Describer
from llmsim_adapters.loading import load
from llmsim_adapters.model import Model
from llmsim_adapters.sources import Provenance, RawConfig
from llmsim_adapters.spec.components import MixtureOfExperts
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

_BESIDE: Final = "_llmsim_adapters"
"""The attribute of LLMSim's config under which the model stands."""


class Beside:
    """A model, and what its schedules have in common."""

    __slots__ = ("describer", "has_experts", "model")

    def __init__(self, model: Model) -> None:
        self.model = model
        self.describer: Describer | None = None
        self.has_experts = False
        spec = model.spec
        if spec is not None:
            self.describer = Describer(spec)
            self.has_experts = any(isinstance(component, MixtureOfExperts) for component in spec.components())


class _Loaded:
    """A model with the fields of its config as they were loaded, and what stands beside them as they are now."""

    __slots__ = ("_fields", "_found", "_given", "_model")

    def __init__(self, model: Model, given: Mapping[str, Any]) -> None:
        self._model = model
        self._given = self._fields = given
        self._found = Beside(model)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Loaded, (self._model, self._given)

    def now(self, fields: Mapping[str, Any]) -> Beside:
        """Return what stands beside a config of such fields: the model that was loaded, or a changed one."""
        if fields != self._fields:
            self._found = Beside(self._model if fields == self._given else _changed(self._model, self._given, fields))
            self._fields = deepcopy(fields)
        return self._found


def load_config(source: str | os.PathLike[str] | Mapping[str, Any] | Model) -> Any:
    """Return LLMSim's own config of a model, for `create_model_arch` of any number of schedules.

    A field that is set afterwards is the config's key with another value: the model is read once more with it.

    Args:
        source: as for `llmsim_adapters.load`, or a model.

    Raises:
        LLMSimUnavailable: LLMSim can't be imported.
        ConfigUnavailable: no source has a usable config.
        AdapterError: this is a config of LLMSim's, made otherwise.
    """
    require()
    from src.arch import config as configs

    if isinstance(source, configs.ModelConfig):
        message = (
            "this LLMSim config was made without `llmsim_adapters.llmsim.load_config`, which `install()` puts in place "
            "of `ModelConfig.from_json`; the model can't be recovered from it"
        )
        raise AdapterError(message)
    model = source if isinstance(source, Model) else load(source)
    data = deepcopy(model.config.data)
    kinds = {
        "deepseek_v3": configs.DeepSeekV3Config,
        "qwen3": configs.Qwen3Config,
        "qwen3_moe": configs.Qwen3MoEConfig,
    }
    config = kinds.get(str(data.get("model_type", "")), configs.ModelConfig).from_dict(data)
    setattr(config, _BESIDE, _Loaded(model, deepcopy(vars(config))))
    return config


def beside(config: Any) -> Beside | None:
    """Return what stands beside a config; None where it was not loaded by `load_config`.

    Raises:
        AdapterError: a field was changed that the model is not read from.
    """
    loaded = getattr(config, _BESIDE, None)
    if not isinstance(loaded, _Loaded):
        return None
    return loaded.now({name: value for name, value in vars(config).items() if name != _BESIDE})


def _changed(model: Model, given: Mapping[str, Any], fields: Mapping[str, Any]) -> Model:
    """Return the model of a config some of whose fields have other values, are new or are gone."""
    names = [
        name for name in {**given, **fields} if name not in given or name not in fields or given[name] != fields[name]
    ]
    data = {name: value for name, value in model.config.data.items() if name in fields or name not in names}
    data.update(deepcopy({name: fields[name] for name in names if name in fields}))
    said = ", ".join(
        f"{name} = {printable(repr(fields[name]), 60)}" if name in fields else f"no {name}" for name in names
    )
    provenance = Provenance("dict", f"{model.config.provenance.location} with {said}")
    changed = Model(RawConfig(data, provenance, model.config.sidecars))
    before = set(model.reading.gaps)
    for gap in changed.reading.gaps:
        if gap not in before and gap.name in names:
            message = f"field `{printable(gap.name)}` of a loaded config was changed, and that can't be honoured: "
            path = model.reading.path
            if gap.kind is GapKind.UNREAD_KEY and path:
                raise AdapterError(f"{message}the keys of the language model are in `{printable(path)}`")
            raise AdapterError(f"{message}{gap.detail}")
    return changed

"""Which dialect reads a config: by its `model_type`, without importing any other."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.dialect import Dialect

TYPE_OF_ARCHITECTURE: Final = {"MiniCPM3ForCausalLM": "minicpm3"}
"""The model type of architectures whose published configs have none."""

DIALECT_OF_ARCHITECTURE: Final = {"LlamaForCausalLMEagle3": "llama_eagle3"}
"""The dialects of architectures that are another model than the type that their configs state."""

_MODULES: Final = {"RefinedWeb": "refined_web"}
"""The modules of model types whose name is none of a module."""

_MODULE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,80}")


@cache
def declared_types(folder: str = "types") -> frozenset[str]:
    """Return the model types that the package declares, read off the names of their modules."""
    return frozenset(path.stem for path in (Path(__file__).parents[1] / folder).glob("[a-z]*.py"))


@cache
def built_in(model_type: str, folder: str = "types") -> Dialect | None:
    """Return the package's own dialect of a model type, or None; those of `towers` are in a folder of their own."""
    name = _MODULES.get(model_type) or model_type.replace("-", "_")
    if not _MODULE_NAME.fullmatch(name) or name not in declared_types(folder):
        return None
    dialect: Dialect = import_module(f"llmsim_adapters.dialects.{folder}.{name}").DIALECT
    return dialect


def dialect(model_type: str) -> Dialect:
    """Return the package's own dialect of a model type, to make one that is `like` it.

    Raises:
        LookupError: the package declares no such type.
    """
    found = built_in(model_type)
    if found is None:
        message = f"no model type {model_type!r} is declared; docs/model-types.md lists those that are"
        raise LookupError(message)
    return found


@cache
def inferring() -> Dialect:
    """Return the dialect of the types that nobody declared, which only their configs import."""
    dialect: Dialect = import_module("llmsim_adapters.dialects.inferring").DIALECT
    return dialect


def find(model_type: str, plugged: Mapping[str, Dialect]) -> Dialect | None:
    """Return the dialect of a model type: one that a plugin brought, else the package's own."""
    return plugged.get(model_type) or built_in(model_type)

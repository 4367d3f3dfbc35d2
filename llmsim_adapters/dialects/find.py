"""Which dialect reads a config: by its `model_type`, without importing any other."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.dialect import Dialect

TYPE_OF_ARCHITECTURE: Final = {"MiniCPM3ForCausalLM": "minicpm3"}
"""The model type of architectures whose published configs have none."""

_MODULE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,80}")


@cache
def declared_types() -> frozenset[str]:
    """Return the model types that the package declares, read off the names of their modules."""
    folder = Path(__file__).parent / "types"
    return frozenset(path.stem for path in folder.glob("[a-z]*.py"))


@cache
def built_in(model_type: str) -> Dialect | None:
    """Return the package's own dialect of a model type, or None."""
    name = model_type.replace("-", "_")
    if not _MODULE_NAME.fullmatch(name) or name not in declared_types():
        return None
    dialect: Dialect = import_module(f"llmsim_adapters.dialects.types.{name}").DIALECT
    return dialect


def find(model_type: str, plugged: Mapping[str, Dialect]) -> Dialect | None:
    """Return the dialect of a model type: the package's own, else one that a plugin brought."""
    return built_in(model_type) or plugged.get(model_type)

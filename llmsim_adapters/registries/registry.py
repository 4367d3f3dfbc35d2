"""Registries: lists of models to report on. Two ship with the package; users can write their own.

A registry is a JSON file: an object with `models`, a list of rows. A row needs a `name` and, for anything but
`config_unavailable`, a source: `huggingface` (an id or a path), `modelscope` (an id), or both.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.evaluation.total import Total
from llmsim_adapters.text import printable

SHIPPED: Final = ("report", "sglang")


class RegistryError(AdapterError):
    """A registry can't be read; the message names the file, the row and the field."""


class RegistryTotal(BaseModel):
    """An external total; see `llmsim_adapters.evaluation.total.Total`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: int = Field(gt=0)
    source: str
    kind: Literal["published", "generated_reference"]
    counts: tuple[Literal["parameters", "buffers", "mtp"], ...] = ("parameters",)

    def total(self) -> Total:
        """Return the total as the evaluator takes it."""
        return Total(self.value, self.source, self.kind, self.counts)


class Row(BaseModel):
    """One model of a registry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    family: str = ""
    huggingface: str | None = None
    modelscope: str | None = None
    architecture: str | None = None
    module: str | None = None
    total: RegistryTotal | None = None
    note: str | None = None


class Registry(BaseModel):
    """A named list of models."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: tuple[Row, ...]
    name: str = ""
    title: str = ""
    version: str | None = None
    source: str | None = None
    sources: str | None = None


def registry_file(name: str | Path) -> Path:
    """Return the file of a registry that ships with the package, or the one that is named."""
    return Path(__file__).with_name(f"{name}.json") if name in SHIPPED else Path(name)


def load_registry(name: str | Path) -> Registry:
    """Return a registry that ships with the package, or the one in a file.

    Raises:
        RegistryError: there is no such registry, or the file is not one.
    """
    if name in SHIPPED:
        text = files("llmsim_adapters.registries").joinpath(f"{name}.json").read_text(encoding="utf-8")
        return Registry.model_validate_json(text)
    path = Path(name)
    shown = printable(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        known = " or ".join(f"`{known}`" for known in SHIPPED)
        message = f"no registry {shown!r}: {error.strerror}; expected {known}, or the path of a JSON file"
        raise RegistryError(message) from error
    except UnicodeDecodeError as error:
        message = f"registry {shown!r} is not UTF-8 text"
        raise RegistryError(message) from error
    try:
        registry = Registry.model_validate_json(text)
    except ValidationError as error:
        problems = "".join(
            f"\n  {printable('.'.join(map(str, problem['loc'])) or 'file')}: {printable(problem['msg'])}"
            for problem in error.errors(include_url=False)[:10]
        )
        message = f"registry {shown!r} is not valid:{problems}"
        raise RegistryError(message) from error
    return registry if registry.name else registry.model_copy(update={"name": path.stem})

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
from llmsim_adapters.evaluation.recorded import Recorded
from llmsim_adapters.evaluation.total import Total
from llmsim_adapters.gap import few
from llmsim_adapters.registries.offline import Offline
from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.reading import read_config
from llmsim_adapters.spelling import meant
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


class RegistryProof(BaseModel):
    """A proof that `prove --record` kept; see `llmsim_adapters.evaluation.recorded.Recorded`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    total: int = Field(gt=0)
    bytes: int = Field(gt=0)
    tensors: int = Field(gt=0)
    names: str
    graph: str
    revision: str | None = None
    absent: tuple[str, ...] = ()

    def recorded(self) -> Recorded:
        """Return the proof as the evaluator takes it."""
        return Recorded(**self.model_dump())


class Row(BaseModel):
    """One model of a registry.

    Attributes:
        kind: what is loaded under an architecture's name: a causal language model, a draft, a wrapper …
        model_type: the `model_type` of its configs, where it is known.
        base: the registered architecture whose class its class is derived from.
        alias: whether its class adds nothing to that one.
        targets: the architectures whose configs the engine takes for it, a draft's.
        config: where its config is taken from offline.
        runs: of a wrapper, which models it runs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    family: str = ""
    huggingface: str | None = None
    modelscope: str | None = None
    architecture: str | None = None
    module: str | None = None
    total: RegistryTotal | None = None
    proof: RegistryProof | None = None
    note: str | None = None
    kind: str | None = None
    model_type: str | None = None
    base: str | None = None
    alias: bool | None = None
    targets: tuple[str, ...] = ()
    config: Offline | None = None
    runs: str | None = None


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
        data = read_config(path)
    except Refusal as refusal:
        if refusal.kind != "unreadable":
            message = f"registry {shown!r} is not valid: {refusal.message}"
            raise RegistryError(message) from refusal
        known = " or ".join(f"`{known}`" for known in SHIPPED)
        wanted = f"expected {known}, or the path of a JSON file"
        message = f"no registry {shown!r}{meant(str(name), SHIPPED)}: {refusal.message}; {wanted}"
        raise RegistryError(message) from refusal
    try:
        registry = Registry.model_validate(data)
    except ValidationError as error:
        problems = [
            f"{printable('.'.join(map(str, problem['loc'])) or 'file')}: {printable(problem['msg'])}"
            for problem in error.errors(include_url=False)
        ]
        message = f"registry {shown!r} is not valid:" + "".join(f"\n  {problem}" for problem in few(problems))
        raise RegistryError(message) from error
    return registry if registry.name else registry.model_copy(update={"name": path.stem})

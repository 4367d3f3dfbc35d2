"""Read the registry of an engine's release, whichever engine it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.registries import sglang, vllm
from llmsim_adapters.registries.joined import registry
from llmsim_adapters.registries.releases import release

if TYPE_CHECKING:
    from types import ModuleType

    from llmsim_adapters.registries.registry import Registry

ENGINES: Final[dict[str, ModuleType]] = {"sglang": sglang, "vllm": vllm}


def read_registry(engine: str, source: str | None = None) -> Registry:
    """Return what a release registers, joined with what is known of its architectures.

    Args:
        engine: `sglang` or `vllm`.
        source: a wheel, a checkout or the package's folder; None: what is installed here.

    Raises:
        RegistryError: there is no such release, or it can't be read.
    """
    reader = ENGINES[engine]
    with release(reader.PACKAGE, source) as found:
        title = f"Architectures that {reader.TITLE}{f' {found.version}' if found.version else ''} registers"
        return registry(engine, title, reader.read(found), found.version, found.described)

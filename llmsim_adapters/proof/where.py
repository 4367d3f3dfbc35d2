"""Where the files of a model are whose config was found."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from llmsim_adapters.proof.folder import INDEX, SUFFIX, in_folder
from llmsim_adapters.proof.headers import HeaderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.proof.folder import Headers
    from llmsim_adapters.sources import Provenance
    from llmsim_adapters.sources.session import HubSession

_FOLDERS: Final = ("path", "huggingface_cache", "modelscope_cache")


def headers_of(
    provenance: Provenance,
    weights: str | os.PathLike[str] | None = None,
    *,
    endpoint: str | None = None,
    offline: bool = False,
    timeout: float = 60.0,
    session: HubSession | None = None,
    progress: Callable[[int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
) -> Headers:
    """Return what the headers of a model's files say: in a folder, beside its config, or on the hub that it is from.

    Raises:
        HeaderError: they can't be had, or say what can't be.
    """
    if weights is not None:
        return in_folder(os.fspath(weights))
    if provenance.source in _FOLDERS:
        folder = os.path.dirname(provenance.location) or "."
        if provenance.source == "path" or _has_files(folder):
            return in_folder(folder)
    if provenance.repo_id is None:
        message = "a config alone has no files: name a folder with them (`weights`, --weights)"
        raise HeaderError(message)
    from llmsim_adapters.proof.hub import on_hub

    return on_hub(
        "modelscope" if provenance.source.startswith("modelscope") else "huggingface",
        provenance.repo_id,
        provenance.revision,
        endpoint=endpoint,
        offline=offline,
        timeout=timeout,
        session=session,
        progress=progress,
        announce=announce,
    )


def _has_files(folder: str) -> bool:
    """Whether a cached repository has files of weights, too, and not the config alone."""
    try:
        return any(name == INDEX or name.endswith(SUFFIX) for name in os.listdir(folder))
    except OSError:
        return False

"""What the shell completes: words of options and arguments. No plugin is loaded for it, but for builders' names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem, get_completion_class

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click


def script(shell: str, command: click.Command, name: str) -> str:
    """Return what a shell is to run once so that it completes the command."""
    completion = get_completion_class(shell)
    assert completion is not None  # the shells are click's
    variable = f"_{name}_COMPLETE".replace("-", "_").upper()
    return completion(command, {}, name, variable).source().strip() + "\n"


def items(words: Iterable[str], begun: str, *, files: bool = False) -> list[CompletionItem]:
    """Return the words that begin so, and that files are completed, too."""
    found = [CompletionItem(word) for word in words if word.startswith(begun)]
    return [*found, CompletionItem(begun, type="file")] if files else found


def sources() -> list[str]:
    """Return the models that need no hub: the bundled ones, and those in Hugging Face's cache."""
    from llmsim_adapters.sources.bundled import bundled_ids
    from llmsim_adapters.sources.environment import huggingface_cache_dir

    try:
        folders = [path.name for path in Path(huggingface_cache_dir()).glob("models--*--*")]
    except OSError:
        folders = []
    cached = ("/".join(folder.split("--", 2)[1:]) for folder in folders)
    return sorted({*bundled_ids(), *cached})


def registries() -> list[str]:
    """Return the registries that ship with the package, and the models."""
    return ["report", "sglang", *sources()]


def formats() -> list[str]:
    """Return the number formats, by all their names."""
    from llmsim_adapters.spec.dtypes import BITS, WORDS

    return [*BITS, *WORDS]


def builders() -> list[str]:
    """Return the builders that are installed."""
    from llmsim_adapters.plugins.manager import registered

    return sorted(registered().builders)


def accelerators() -> list[str]:
    """Return the accelerators whose memory is known."""
    from llmsim_adapters.fit.accelerators import accelerators as known

    return list(known())


def engines() -> list[str]:
    """Return the built-in engines."""
    from llmsim_adapters.engines.built_in import NAMES

    return list(NAMES)


def why() -> list[str]:
    """Return what every model has to unfold."""
    from llmsim_adapters.cli.why import FIGURES, TOPICS

    return [*FIGURES, *TOPICS]


def schemas() -> list[str]:
    """Return the documents that have a schema."""
    from llmsim_adapters.documents import SCHEMAS

    return list(SCHEMAS)

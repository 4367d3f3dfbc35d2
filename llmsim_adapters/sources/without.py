"""What is there where there is no `config.json`: another file that says the same, or what to ask for instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

PARAMS: Final = "params.json"
"""Mistral's own config; taken where there is no `config.json`."""
ADAPTER: Final = "adapter_config.json"


def refuse_adapter(config: Mapping[str, Any]) -> None:
    """Refuse the config of an adapter, which is no model: it names the one that it is of."""
    if "peft_type" not in config or "model_type" in config:
        return
    kind, base = config["peft_type"], config.get("base_model_name_or_path")
    named = isinstance(base, str) and bool(base)
    ask = f"of {printable(base)}: ask for that" if named else "which does not say of which model: ask for that one"
    said = f"a {printable(kind)} adapter" if isinstance(kind, str) else "an adapter"
    raise Refusal("adapter", f"this is {said} {ask}")


def without_config(names: Collection[str], read: Callable[[str], Mapping[str, Any]]) -> Refusal | None:
    """Return what files say that stand where there is no config of the model, or None where they say nothing.

    `read` is asked for the config of an adapter.
    """
    if ADAPTER in names:
        try:
            refuse_adapter(read(ADAPTER))
        except Refusal as refusal:
            return refusal
    for suffix, what in ((".gguf", "GGUF files"), (".safetensors", "weights (.safetensors)")):
        if any(name.lower().endswith(suffix) for name in names):
            do = "name the model that they were made from, or give its config"
            return Refusal("no_config", f"there are {what} and no config.json: {do}")
    return None


def instead(names: Collection[str] | None, refusal: Refusal, read: Callable[[str], Mapping[str, Any]]) -> str:
    """Return the name of the file that takes the place of a config, or raise what the files that are there say.

    `names` are those that are there, None where nobody knows; `refusal` is what was said of `config.json`.
    """
    if names and PARAMS in names:
        return PARAMS
    raise without_config(names or (), read) or refusal

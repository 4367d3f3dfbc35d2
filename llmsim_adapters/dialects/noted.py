"""What is said of a config beside its gaps, and of the files beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.sources.sidecars import PROCESSORS, QUANTIZATIONS, is_layer
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.sources import Sidecars
    from llmsim_adapters.spec.model import ModelSpec

_UNKNOWN_FILES: Final = (
    f"the files beside the config are not known: one that declares a quantization ({', '.join(QUANTIZATIONS[:-1])} or "
    f"{QUANTIZATIONS[-1]}) would change the weights' bytes; name it in `files`, or give the folder"
)

_NO_DTYPE: Final = (
    "no key names the weights' number format (`dtype`, `torch_dtype`): {} is the default, the files may hold another"
)

_DRAFT: Final = "a draft model, which takes of its target: {}; what it shares with it is counted here by itself"


_CODES: Final = "weights of what makes speech or pictures of codes are counted, and no step of text runs it: {}"


def notes(spec: ModelSpec, sidecars: Sidecars | None, of_type: str, *, dtype_unsaid: bool) -> Iterator[str]:
    """Yield what a user may not expect, and that is no gap."""
    if sidecars is not None and not sidecars.complete and spec.quantization is None:
        yield _UNKNOWN_FILES  # a file that nobody can know of may declare one
    if dtype_unsaid:
        yield _NO_DTYPE.format(spec.dtype)
    if of_type:
        yield of_type
    coded = [stack.name for stack in spec.stacks if stack.axis == "codes"]
    if coded:
        yield _CODES.format(", ".join(coded))
    if spec.from_target:
        yield _DRAFT.format(", ".join(spec.from_target))


def unread_files(top: Reader, sidecars: Sidecars) -> list[Gap]:
    """Return a gap for each file beside the config that nobody read, or could."""
    said = dict.fromkeys(top.unread_files(), "nobody read the file")
    for name, reason in sidecars.unread.items():
        said[name] = reason if is_layer(name) else f"the file can't be read: {reason}"
    for name in PROCESSORS:  # which no step of text needs
        said.pop(name, None)
    return [
        Gap(GapKind.UNREAD_KEY, printable(name), f"{why}; it stands beside the config, and may change any figure")
        for name, why in said.items()
    ]

"""What `new NAME --from SOURCE` drafts a dialect of: a config, and the headers of its files."""

from __future__ import annotations

import json
import re
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.models import find_model, refuse_misuse
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.proof.likeness import Likeness
    from llmsim_adapters.scaffold.project import Draft

_SHOWN: Final = 20
_WIDTH: Final = 110
_TYPE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


def drafted(source: str, weights: str | None, hub: dict[str, Any]) -> Draft:
    """Return the draft of a model's type.

    Raises:
        Failed: the type has no name, or is declared.
    """
    from llmsim_adapters.cli.progress import progress
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.proof.likeness import nearest
    from llmsim_adapters.proof.where import headers_of
    from llmsim_adapters.scaffold.project import Draft
    from llmsim_adapters.sources import HubSession

    try:
        model = find_model(source, hub)
    except ConfigUnavailable as error:
        refuse_misuse(error)
        raise
    config = model.config.data
    model_type = config.get("model_type")
    if not isinstance(model_type, str) or not _TYPE.fullmatch(model_type):
        message = f"{printable(source)}: its config names no `model_type` that a dialect could be of"
        raise Failed(message, MISUSE)
    if model.reading.dialect:
        message = f"the model type {model_type} has a dialect already: `prove` holds its files against it"
        raise Failed(message, MISUSE)
    with progress("headers") as bar:
        headers = headers_of(
            model.config.provenance,
            weights,
            **hub,
            session=HubSession(bar.waiting),
            progress=bar.told,
            announce=bar.says,
        )
    found = nearest(config, headers)
    lines = [json.dumps(each.name) + ": " + json.dumps([each.dtype, list(each.shape)]) for each in headers.tensors]
    return Draft(
        model_type,
        found.model_type,
        tuple(_said(found)),
        found.differences,
        json.dumps(config, indent=2) + "\n",
        "{\n" + ",\n".join(lines) + "\n}\n",
    )


def _said(found: Likeness) -> Iterator[str]:
    """Yield what a type has in common with a declared one, and what not."""
    proof = found.proof
    yield f"Like `{found.model_type}`: {proof.verdict()}."
    if found.unread:
        yield from _wrapped(f"Keys that `{found.model_type}` does not read: {', '.join(found.unread)}.")
    for gap in found.gaps:
        yield from _wrapped(f"Gap: {gap}.")
    for what, differences in (
        ("Missing in the files", proof.missing),
        ("Only in the files", proof.unexpected),
        ("Of another shape", proof.other_shape),
        ("Of another format", proof.other_format),
    ):
        if differences:
            yield ""
            yield f"{what}, of {len(differences):,}:"
            for each in differences[:_SHOWN]:
                other = f", not {list(each.wanted_shape)} {each.wanted_dtype}" if each.wanted_shape is not None else ""
                yield from _wrapped(f"- {each.name or each.path} {list(each.shape)} {each.dtype}{other}")


def _wrapped(line: str) -> list[str]:
    return wrap(printable(line, 2000), _WIDTH, subsequent_indent="  ", break_long_words=True)

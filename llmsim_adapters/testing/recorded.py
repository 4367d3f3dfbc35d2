"""A checkpoint's headers in a file of a test suite, held against the graph of its config."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmsim_adapters.graph.schedule import Schedule
from llmsim_adapters.loading import load
from llmsim_adapters.proof.folder import Headers
from llmsim_adapters.proof.proof import prove_tensors
from llmsim_adapters.proof.stored import Stored

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from llmsim_adapters.proof.result import Proof


def prove_recorded(config: Mapping[str, Any], headers: str | os.PathLike[str]) -> Proof:
    """Return whether the tensors in a file of recorded headers are those of a config's graph, one by one.

    Args:
        config: the `config.json`.
        headers: a JSON file that has, by the name of each tensor, its format by torch's name and its shape, as
            `llmsim-adapters new NAME --from SOURCE` writes it.
    """
    held = json.loads(Path(headers).read_text(encoding="utf-8"))
    tensors = tuple(Stored(name, dtype, tuple(shape)) for name, (dtype, shape) in held.items())
    model = load(config, offline=True)
    graph = model.build(Schedule(engine="checkpoint"))
    assert model.spec is not None  # the graph was made of it
    return prove_tensors(model.spec, graph, Headers(str(headers), tensors, 1, 0))

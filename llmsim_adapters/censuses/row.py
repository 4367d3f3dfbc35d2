"""One row a config: what it is, what the builders make of it, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.errors import AdapterError, ConfigUnavailable, internal
from llmsim_adapters.evaluation.causes import causes_of
from llmsim_adapters.evaluation.graphs import OWN_SCHEDULE
from llmsim_adapters.graph.figures import held
from llmsim_adapters.loading import not_found
from llmsim_adapters.model import Model
from llmsim_adapters.registries.totals import known_total
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.censuses.read import Read
    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.sources import RawConfig

FIGURES: Final = (
    *("parameters", "active_parameters", "mtp_parameters", "buffers", "weight_bytes", "flops"),
    *("kv_cache_elements_of_32768_tokens", "state_elements_per_sequence"),
)
"""As `graph.figures.held` names them."""

FIELDS: Final = (
    *("source", "id", "model_type", "architecture", "category", "status", "builder", "evidence", "counted", "served"),
    *("gap_count", "gaps", "causes", *FIGURES, "weight", "error"),
)

GAPS: Final = 50
"""So many gaps of a config are listed, and no more; `gap_count` is the number of all."""

_MOST: Final = 2**63 - 1
"""Figures above it, of configs that nobody could run, are left out: no table holds them."""


def row(read: Read, found: RawConfig | ConfigUnavailable) -> dict[str, Any]:
    """Return the row of a config; whatever is wrong with it is in the row."""
    result: dict[str, Any] = dict.fromkeys(FIELDS)
    result.update(source=printable(read.source, 300), id=read.id, weight=read.weight)
    try:
        if isinstance(found, ConfigUnavailable):
            answer = not_found(found)
            _answer(result, answer)
            result["error"] = answer.gaps[0].detail
            return result
        model = Model(found, known_total(found.provenance))
        _answer(result, model.coverage)
        if model.coverage.builder is not None:
            figures = held(model.build(OWN_SCHEDULE))
            large = [name for name, value in figures.items() if value > _MOST]
            result.update({name: None if name in large else int(value) for name, value in figures.items()})
            if large:
                result["error"] = f"more than 64 bits: {', '.join(large)}"
    except AdapterError as error:
        _failed(result, printable(error, 500))
    except Exception as error:  # one config's row, not the end of a census
        _failed(result, internal(error))
    return result


def _answer(result: dict[str, Any], answer: Coverage) -> None:
    gaps = answer.gaps
    result.update(
        model_type=printable(answer.model_type) or None,
        architecture=printable(answer.architecture) or None,
        category=None if answer.category is None else answer.category.value,
        status=answer.status.value,
        builder=answer.builder,
        evidence=answer.evidence.value,
        counted=answer.counted,
        served=answer.served,
        gap_count=len(gaps),
        gaps=[
            {"kind": g.kind.value, "name": printable(g.name), "detail": printable(g.detail, 500)} for g in gaps[:GAPS]
        ],
        causes=[list(cause) for cause in causes_of(gaps)[:GAPS]],
    )


def _failed(result: dict[str, Any], error: str) -> None:
    gap = {"kind": "build_error", "name": "evaluation", "detail": error}
    cause = ["build_error evaluation", "a config isn't understood"]
    result.update(status="not_supported", evidence="none", gap_count=1, gaps=[gap], causes=[cause], error=error)

"""The answer for one model."""

from __future__ import annotations

from dataclasses import asdict, field
from typing import TYPE_CHECKING, Any

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.reading import Parameter
    from llmsim_adapters.evaluation.status import Evidence, Status
    from llmsim_adapters.gap import Gap
    from llmsim_adapters.plugins.claim import Claim
    from llmsim_adapters.sources import Provenance
    from llmsim_adapters.spec.category import Category


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the builders make of one model.

    Attributes:
        status: whether it is supported.
        category: the category of its architecture; None where there is no spec.
        builder: the name of the best builder; None where none claims the model.
        evidence: what stands behind the status.
        architecture: the first of the config's `architectures`, empty where it names none.
        model_type: the config's `model_type`, of its language model in a composite config.
        gaps: the best claim's gaps and the model's own, never another builder's.
        claims: what every builder said, best first.
        parameters: every canonical parameter that was read, with its raw key and origin.
        source: where the config came from, and what the sources asked before said.
        path: where a composite config has its language model; empty at the top.
        without_effect: the keys that were read and change nothing in this config, each with the reason.
        notes: what one may not expect of the answer, and is no gap.
        counted: whether an external total of the model is the graph's, whatever code made that.
        proven: whether a recorded proof of the model's checkpoint is of this graph, whatever code made that.
        served: whether SGLang's own classes hold how models of its architecture are laid out over ranks.
    """

    status: Status
    category: Category | None
    builder: str | None
    evidence: Evidence
    architecture: str
    model_type: str
    gaps: tuple[Gap, ...]
    claims: tuple[Claim, ...]
    parameters: Mapping[str, Parameter]
    source: Provenance
    path: str = ""
    without_effect: Mapping[str, str] = field(default_factory=dict)
    served: bool = False
    notes: tuple[str, ...] = ()
    counted: bool = False
    proven: bool = False

    def __repr__(self) -> str:
        by = f" by {printable(self.builder)}" if self.builder else ""
        found = len(self.gaps)
        return f"<Coverage {self.status.value}{by}, {self.evidence.value}, {found} gap{'' if found == 1 else 's'}>"

    def _repr_html_(self) -> str:
        """Return the answer and its gaps, for notebooks."""
        from llmsim_adapters.markup import block, table  # only notebooks need it

        pairs = (
            ("Status", self.status.value.replace("_", " ")),
            ("Builder", self.builder),
            ("Category", self.category),
            ("Evidence", self.evidence.value),
            ("Architecture", self.architecture),
            ("Config", f"{self.source.source}: {self.source.name}"),
        )
        gaps = table(("Gap", "Of", "Detail"), ((str(gap.kind), gap.name, gap.detail) for gap in self.gaps))
        answer = table(("", ""), ((name, str(value)) for name, value in pairs if value))
        return block("Coverage", answer, gaps if self.gaps else "")

    def to_dict(self) -> dict[str, Any]:
        """Return the answer, ready for JSON; `llmsim-adapters schema` prints its schema."""
        return {
            "status": self.status.value,
            "category": None if self.category is None else self.category.value,
            "builder": self.builder,
            "evidence": self.evidence.value,
            "counted": self.counted,
            "proven": self.proven,
            "served": self.served,
            "architecture": self.architecture,
            "model_type": self.model_type,
            "language_model_path": self.path,
            "gaps": [gap.to_dict() for gap in self.gaps],
            "claims": [claim.to_dict() for claim in self.claims],
            "parameters": {name: parameter.to_dict() for name, parameter in self.parameters.items()},
            "without_effect": dict(self.without_effect),
            "notes": list(self.notes),
            "source": asdict(self.source),
        }

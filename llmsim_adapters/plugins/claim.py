"""Claims: what each builder says of one model, and how they are ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llmsim_adapters.gap import Gap, GapKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from llmsim_adapters.dialects.reading import Reading
    from llmsim_adapters.plugins.builder import Requirements
    from llmsim_adapters.spec.category import Category


class Claim(NamedTuple):
    """What one builder says of one model.

    `claims`: it can build a graph, exact where there are no gaps. Where it does not claim, `missing_parameters` and
    `gaps` say why.
    """

    builder: str
    claims: bool
    missing_parameters: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    required: int = 0

    def rank(self) -> tuple[bool, int, int, str]:
        """Return the key by which claims are ordered, best first.

        1. A builder that claims comes before one that does not.
        2. Fewer gaps come first, so that a full claim beats every partial one.
        3. Of equals, the builder that requires more parameters comes first: the more specific one.
        4. Then the name decides, so that the order never depends on what was installed when.
        """
        return (not self.claims, len(self.gaps) + len(self.missing_parameters), -self.required, self.builder)

    def to_dict(self) -> dict[str, Any]:
        """Return the claim, ready for JSON."""
        return {
            "builder": self.builder,
            "claims": self.claims,
            "missing_parameters": list(self.missing_parameters),
            "gaps": [gap.to_dict() for gap in self.gaps],
        }


def declared_claim(
    builder: str,
    requirements: Requirements,
    reading: Reading,
    category: Category,
    components: Collection[str],
    features: Collection[str],
) -> Claim:
    """Return the claim that follows from a builder's requirements.

    A builder claims a model of a category that it is for, whose required parameters are there and whose kinds of
    component it models; features that it does not model are gaps of the claim.
    """
    required = requirements.required(category)
    parameters = reading.parameters
    missing = tuple(name for name in required if name not in parameters)
    gaps = []
    if category not in requirements.categories:
        known = ", ".join(sorted(requirements.categories))
        detail = f"the model is {category}; {builder} is for {known}"
        gaps.append(Gap(GapKind.UNSUPPORTED_FEATURE, category.value, detail))
    gaps += [
        Gap(GapKind.UNSUPPORTED_FEATURE, kind, f"{builder} does not model the component `{kind}`")
        for kind in sorted(components)
        if kind not in requirements.components
    ]
    claims = not missing and not gaps
    gaps += [
        Gap(GapKind.UNSUPPORTED_FEATURE, name, f"{builder} does not model `{name}`")
        for name in sorted(features)
        if name not in requirements.features
    ]
    return Claim(builder, claims, missing, tuple(gaps), len(required))

"""Claims: what each builder says of one model, and how they are ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llmsim_adapters.gap import Gap, GapKind

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reading import Reading
    from llmsim_adapters.plugins.requirements import Requirements
    from llmsim_adapters.spec.category import Category


Rank = tuple[bool, int, bool, bool, int, str]


class Claim(NamedTuple):
    """What one builder says of one model.

    `claims`: it can build a graph, exact where there are no gaps. Where it does not claim, `missing_parameters` and
    `gaps` say why. `required` is the number of parameters that it requires. `asserted`: the builder's own code says
    more than its requirements do. `builds_itself`: that code makes the graph too.
    """

    builder: str
    claims: bool
    missing_parameters: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    required: int = 0
    asserted: bool = False
    builds_itself: bool = False

    def rank(self) -> Rank:
        """Return the key by which claims are ordered, best first.

        1. A builder that claims comes before one that does not.
        2. Fewer gaps come first, so that a full claim beats every partial one.
        3. Of equals, a claim that rests on requirements comes before one on a builder's own word: a plugin that claims
           everything takes no model from a builder that is made for it.
        4. Then one whose graph the host wires comes before one that makes its own, which nothing holds it to.
        5. Then the builder that requires more parameters comes first: the more specific one.
        6. Then the name decides, so that the order never depends on what was installed when.
        """
        gaps = len(self.gaps) + len(self.missing_parameters)
        return _rank(self.builder, self.claims, gaps, self.asserted, self.builds_itself, self.required)

    def reasons(self) -> tuple[Gap, ...]:
        """Return everything that keeps the builder from claiming the model in full, as gaps."""
        detail = "{} needs `{}`, which the config does not have"
        missing = (
            Gap(GapKind.MISSING_PARAMETER, name, detail.format(self.builder, name)) for name in self.missing_parameters
        )
        return (*missing, *self.gaps)

    def to_dict(self) -> dict[str, Any]:
        """Return the claim, ready for JSON."""
        return {
            "builder": self.builder,
            "claims": self.claims,
            "asserted": self.asserted,
            "builds_itself": self.builds_itself,
            "missing_parameters": list(self.missing_parameters),
            "gaps": [gap.to_dict() for gap in self.gaps],
        }


class Standing(NamedTuple):
    """How a model stands to a builder's requirements, from which its claim follows.

    A builder claims a model of a category that it is for, whose required parameters are there and whose kinds of
    component it models; features that it does not model are gaps of the claim. The claim, with its words, is made where
    somebody asks for it.
    """

    builder: str
    requirements: Requirements
    category: Category
    missing: tuple[str, ...]
    foreign: frozenset[str]
    """The kinds of component that the builder does not model."""
    left_out: frozenset[str]
    """The features that it does not model."""
    required: int
    builds_itself: bool

    @property
    def is_for(self) -> bool:
        """Whether the builder is for models of the category."""
        return self.category in self.requirements.categories

    @property
    def claims(self) -> bool:
        """Whether the builder claims the model."""
        return self.is_for and not self.missing and not self.foreign

    def rank(self) -> Rank:
        """Return the key of the claim, without making it."""
        gaps = (not self.is_for) + len(self.foreign) + len(self.left_out) + len(self.missing)
        return _rank(self.builder, self.claims, gaps, False, self.builds_itself, self.required)

    def claim(self) -> Claim:
        """Return the claim."""
        gaps = []
        if not self.is_for:
            name = self.category.value
            said = f"the model is {name}; {self.builder} is for {self.requirements.named_categories}"
            gaps.append(_unsupported(name, said))
        for kind in sorted(self.foreign):
            gaps.append(_unsupported(kind, f"{self.builder} does not model the component `{kind}`"))
        for name in sorted(self.left_out):
            gaps.append(_unsupported(name, f"{self.builder} does not model `{name}`"))
        builds = self.builds_itself
        return Claim(self.builder, self.claims, self.missing, tuple(gaps), self.required, False, builds)


def standing(
    builder: str,
    requirements: Requirements,
    reading: Reading,
    category: Category,
    components: frozenset[str],
    features: frozenset[str],
    *,
    builds_itself: bool = False,
) -> Standing:
    """Return how a model that was read stands to a builder's requirements."""
    required = requirements.required(category)
    parameters = reading.parameters
    return Standing(
        builder,
        requirements,
        category,
        tuple([name for name in required if name not in parameters]),
        components - requirements.components,
        features - requirements.features,
        len(required),
        builds_itself,
    )


def _rank(builder: str, claims: bool, gaps: int, asserted: bool, builds_itself: bool, required: int) -> Rank:
    """Return the key of a claim, by the rules of `Claim.rank`."""
    return (not claims, gaps, asserted, builds_itself, -required, builder)


def _unsupported(name: str, detail: str) -> Gap:
    return Gap(GapKind.UNSUPPORTED_FEATURE, name, detail)

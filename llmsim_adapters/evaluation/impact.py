"""What a gap costs: how far the figures of a builder that leaves a feature out are from the right ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.evaluation.construction import FAILURES, construct
from llmsim_adapters.gap import Gap, GapKind, Impact
from llmsim_adapters.graph.schedule import Schedule

if TYPE_CHECKING:
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.plugins.claim import Claim
    from llmsim_adapters.plugins.registered import Registered
    from llmsim_adapters.spec.model import ModelSpec

TOKENS: Final = 32768
"""The length at which impacts are stated: a prefill of it, and the cache that it leaves."""


def with_impacts(claims: list[Claim], spec: ModelSpec, registered: Registered) -> list[Claim]:
    """Return the claims with the impact of each feature that a claiming builder does not model.

    The right figures are those of the best full claim; without one every impact stays unknown.
    """
    partial = [claim for claim in claims if claim.claims and claim.gaps]
    if not partial:
        return claims
    schedule = Schedule(engine="checkpoint", seq_len=TOKENS, mtp=spec.stack("mtp") is not None)
    right = _right(claims, spec, registered, schedule)
    if right is None:
        return claims
    return [_with_impacts(claim, spec, registered, schedule, right) if claim in partial else claim for claim in claims]


def _right(claims: list[Claim], spec: ModelSpec, registered: Registered, schedule: Schedule) -> OperatorGraph | None:
    """Return the graph of the best full claim; a builder's own word does not make its figures the right ones."""
    for claim in claims:
        if claim.claims and not claim.gaps and not claim.asserted:
            try:
                return construct(registered.builders[claim.builder], registered, spec, schedule)
            except FAILURES:  # noted where the claim is built; here the next one takes its place
                continue
    return None


def _with_impacts(
    claim: Claim, spec: ModelSpec, registered: Registered, schedule: Schedule, right: OperatorGraph
) -> Claim:
    """Return the claim with impacts; one whose builder fails keeps them unknown, and no other's."""
    entry = registered.builders[claim.builder]
    gaps = []
    for gap in claim.gaps:
        impact = None
        if gap.kind is GapKind.UNSUPPORTED_FEATURE and gap.name in registered.features:
            try:
                impact = _impact(construct(entry, registered, spec, schedule, without=(gap.name,)), right)
            except FAILURES:
                return claim
        gaps.append(Gap(gap.kind, gap.name, gap.detail, impact))
    return claim._replace(gaps=tuple(gaps))


def _impact(graph: OperatorGraph, right: OperatorGraph) -> Impact:
    def parameters(g: OperatorGraph) -> int:
        return g.parameters + g.mtp_parameters

    def ratio(a: int, b: int) -> float:
        return a / b if b else 1.0

    return Impact(
        parameters=ratio(parameters(graph), parameters(right)),
        flops=ratio(graph.flops, right.flops),
        kv_cache=ratio(graph.kv_cache_elements(TOKENS), right.kv_cache_elements(TOKENS)),
        tokens=TOKENS,
    )

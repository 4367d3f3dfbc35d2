"""The built-in builders by the kit that third parties use."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_adapters.sources import bundled_ids
from llmsim_adapters.testing import BuilderConformance, Example
from tests import conventions
from tests.facts import CASES
from tests.test_builders import SPECS

NOT_BY_TOKEN = {
    "big_bird": "a layer for the first token of each sequence",
    "doge": "the mask is a projection of all values",
    "longcat_flash": "the share of experts without weights is rounded up once a step",
    "reformer": "tokens are padded to whole chunks",
    "xlnet": "keys and values are projected anew from the kept hidden states",
}


def examples(builder: str) -> dict[str, Example]:
    """The bundled models that a builder is best at, and a small one of each type of the reference facts that is."""
    found = {}
    for source in bundled_ids():
        if la.evaluate(source, offline=True).builder == builder:
            found[source] = Example(source)
    for name, case in CASES:
        one_of_its_type = case["name"] in ("tiny-diff", "full") and name not in found
        if one_of_its_type and la.evaluate(case["config"]).builder == builder:
            total = None if name in conventions.ALLOCATED else case["parameters"]
            found[name] = Example(case["config"], total, by_token=name not in NOT_BY_TOKEN)
    return found


class TestQwen3(BuilderConformance):
    builder = "qwen3"
    examples = examples("qwen3")
    specs = SPECS


class TestQwen3Moe(BuilderConformance):
    builder = "qwen3_moe"
    examples = examples("qwen3_moe")
    specs = SPECS


class TestDeepseekV3(BuilderConformance):
    builder = "deepseek_v3"
    examples = examples("deepseek_v3")
    specs = SPECS


class TestHybrid(BuilderConformance):
    builder = "hybrid"
    examples = examples("hybrid")
    specs = SPECS

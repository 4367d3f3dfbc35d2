"""The built-in builders by the kit that third parties use."""

from __future__ import annotations

from functools import cache

import llmsim_adapters as la
from llmsim_adapters.testing import BuilderConformance, Example
from tests import conventions
from tests.facts import CASES, REPORT
from tests.test_builders import SPECS

NOT_BY_TOKEN = {
    "big_bird": "a layer for the first token of each sequence",
    "diffusion_gemma": "what is decoded has a part that words which are taken in do not run",
    "doge": "the mask is a projection of all values",
    "pi0": "a step in each mode runs another half",
    "longcat_flash": "the share of experts without weights is rounded up once a step",
    "reformer": "tokens are padded to whole chunks",
    "voxtral_realtime": "a norm's condition is projected once a step",
    "xlnet": "keys and values are projected anew from the kept hidden states",
}
OF_BLOCKS = ("LiLiCorrDraftModel",)
"""Drafts whose head weighs all tokens of a block against each other, of which a token alone has none."""
POOLED = ("bert", "clip", "xlm-roberta")
"""Types whose encoders end in a layer for one token of each sequence."""


@cache
def registered() -> la.Report:
    """Every architecture that SGLang registers."""
    return la.coverage("sglang", offline=True)


def examples(builder: str) -> dict[str, Example]:
    """The models that a builder is best at: those of `every`."""
    return {name: example for name, (best, example) in every().items() if best == builder}


@cache
def every() -> dict[str, tuple[str | None, Example]]:
    """Models, each with the builder that is best at it.

    Those of the first report, each architecture of SGLang's registry that is fully supported, and a small one of each
    other type of the reference facts.
    """
    found = {source: (la.evaluate(source, offline=True).builder, Example(source)) for source in REPORT}
    for row in registered().rows:
        if row.coverage.status == "fully_supported" and row.source not in found:
            assert row.entry is not None
            assert row.entry.config is not None
            config = row.entry.config.config(row.name)
            assert config is not None
            by_token = row.entry.model_type not in (*POOLED, *NOT_BY_TOKEN) and row.name not in OF_BLOCKS
            found[row.name] = row.coverage.builder, Example(config.data, by_token=by_token)
    types = {example.config().get("model_type") for _, example in found.values()}
    for name, case in CASES:
        one_of_its_type = case["name"] in ("tiny-diff", "full") and name not in found and name not in types
        if one_of_its_type:
            total = None if name in conventions.ALLOCATED else case["parameters"]
            example = Example(case["config"], total, by_token=name not in NOT_BY_TOKEN)
            found[name] = la.evaluate(case["config"]).builder, example
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


class TestEncoder(BuilderConformance):
    builder = "encoder"
    examples = examples("encoder")
    specs = SPECS


class TestClassifier(BuilderConformance):
    builder = "classifier"
    examples = examples("classifier")
    specs = SPECS


class TestDraft(BuilderConformance):
    builder = "draft"
    examples = examples("draft")
    specs = SPECS

"""The conformance kit: the laws that every builder keeps, as tests for builders of third parties, and for our own.

    from llmsim_adapters.testing import BuilderConformance, Example

    class TestRetro(BuilderConformance):
        builder = "retro"
        examples = {"small": Example({"model_type": "retro", ...}, parameters=1_234_567)}

pytest collects the laws from the class. Nothing here is imported unless a test asks for it.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    *(f"llmsim_adapters.testing.{name}" for name in ("configs", "conformance", "dialects", "graphs", "laws", "media")),
)

from llmsim_adapters.testing.conformance import BuilderConformance as BuilderConformance  # noqa: E402
from llmsim_adapters.testing.dialects import DialectConformance as DialectConformance  # noqa: E402
from llmsim_adapters.testing.example import Example as Example  # noqa: E402
from llmsim_adapters.testing.recorded import prove_recorded as prove_recorded  # noqa: E402

__all__ = ["BuilderConformance", "DialectConformance", "Example", "prove_recorded"]

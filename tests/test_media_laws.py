"""The laws of encoders, which the conformance kit has for plugins, kept by all of this package's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from llmsim_adapters.testing import Example
from llmsim_adapters.testing.media import MediaLaws
from tests.media import tower_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest


class TestEncoders(MediaLaws):
    builder: ClassVar[str | None] = None
    examples: ClassVar[Mapping[str, Example]] = {
        name.split("-[")[0]: Example(run.config) for name, run in reversed(tower_runs()) if run.is_modelled
    }

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        examples = type(self).examples
        metafunc.parametrize("example", list(examples.values()), ids=list(examples))

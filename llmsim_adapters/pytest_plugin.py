"""The pytest plugin: the models of a registry as tests, asked for by `--llmsim-coverage`.

Without that option nothing but its options is there, and nothing else of the package is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("llmsim-adapters", "coverage of models by LLMSim builders")
    group.addoption(
        "--llmsim-coverage",
        nargs="?",
        const="",
        metavar="REGISTRY",
        help="report, sglang, or the path of a registry: a test for each of its models; without a value the project's, "
        "which [tool.llmsim-adapters] or llmsim-adapters.toml names",
    )
    group.addoption(
        "--llmsim-fail-under", type=float, metavar="PCT", help="fail where fewer of the models are fully supported"
    )
    group.addoption(
        "--llmsim-status",
        choices=("fully_supported", "partially_supported", "not_supported", "not_evaluated"),
        help="the least status of each model (default: partially_supported; none with a threshold or a baseline)",
    )
    group.addoption(
        "--llmsim-evidence",
        choices=("none", "declared", "built", "verified", "counted", "proven"),
        default="none",
        help="the least evidence of each model",
    )
    group.addoption(
        "--llmsim-baseline", metavar="FILE", help="fail where a model is worse than in this file, or is not in it"
    )
    group.addoption(
        "--llmsim-update-baseline", action="store_true", help="write --llmsim-baseline instead of comparing with it"
    )
    group.addoption("--llmsim-html", metavar="FILE", help="write the report as a page of HTML, too")
    group.addoption("--llmsim-offline", action="store_true", help="ask no hub")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--llmsim-coverage") is not None:
        from llmsim_adapters.testing.collection import RegistryPlugin

        config.pluginmanager.register(RegistryPlugin(config), "llmsim-adapters-registry")
        return
    for name in ("fail-under", "status", "baseline", "update-baseline", "html"):
        if config.getoption(f"--llmsim-{name}"):
            import pytest

            message = f"--llmsim-{name} needs --llmsim-coverage=REGISTRY"
            raise pytest.UsageError(message)

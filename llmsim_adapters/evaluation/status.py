"""How well a model is covered, and how sure that is."""

from __future__ import annotations

from enum import Enum


class Status(str, Enum):
    """The coverage report's three statuses, and one for models that nobody could look at."""

    FULLY_SUPPORTED = "fully_supported"
    """A builder claims the model, nothing is missing or in doubt, and the evidence suffices."""
    PARTIALLY_SUPPORTED = "partially_supported"
    """A builder claims the model; the gaps say what its graph leaves out or assumes."""
    NOT_SUPPORTED = "not_supported"
    """No builder claims the model, or its config can't be read."""
    NOT_EVALUATED = "not_evaluated"
    """There is no config to be had, so that nothing is known of the model."""

    def __str__(self) -> str:
        return self.value


class Evidence(str, Enum):
    """What stands behind a claim, weakest first."""

    NONE = "none"
    """Nothing: no builder claims the model."""
    DECLARED = "declared"
    """The required keys are there."""
    BUILT = "built"
    """A graph came out."""
    VERIFIED = "verified"
    """Reference facts in the test suite hold the dialect and every component and feature involved."""
    COUNTED = "counted"
    """This model's total equals one that others published or measured, and the package's own code made it."""
    PROVEN = "proven"
    """Each tensor of this checkpoint's files is the graph's, one by one, and the package's own code made it."""

    def __str__(self) -> str:
        return self.value

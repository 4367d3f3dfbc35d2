"""Features: what makes one spec differ from another, derived from the spec and removable from it.

A feature is never written down beside the spec. `present` looks at one node of the spec; `remove` gives the node as a
builder that does not know the feature would see it, which is how the impact of a gap is computed.
"""

from llmsim_adapters.spec.features.feature import GROUPS, Feature
from llmsim_adapters.spec.features.known import Features, without

__all__ = ["GROUPS", "Feature", "Features", "without"]

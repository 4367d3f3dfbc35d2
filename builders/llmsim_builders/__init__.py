"""The built-in builders, registered through the same hook and entry-point group as anyone's."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.classifier import Classifier
from llmsim_builders.deepseek_v3 import DeepseekV3
from llmsim_builders.draft import Draft
from llmsim_builders.encoder import Encoder
from llmsim_builders.hybrid import Hybrid
from llmsim_builders.qwen3 import Qwen3
from llmsim_builders.qwen3_moe import Qwen3Moe


@la.hookimpl
def llmsim_register_builders() -> list[type[la.Builder]]:
    return [Qwen3, Qwen3Moe, DeepseekV3, Hybrid, Encoder, Classifier, Draft]

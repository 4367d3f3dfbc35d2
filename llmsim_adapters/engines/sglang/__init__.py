"""The engine `sglang`: what SGLang 0.5.23 allocates on each rank.

Sources are files of SGLang under `srt/` (Apache-2.0; facts only). Rules are about specs; where a model's own file
decides, they name the architectures.
"""

from llmsim_adapters.engines.sglang.engine import ENGINE

__all__ = ["ENGINE"]

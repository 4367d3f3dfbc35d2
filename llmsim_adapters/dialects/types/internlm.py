"""InternLM under its remote code's type: InternLM2 without grouped key/value heads.

Source: `InternLMConfig` of the checkpoints and SGLang's `llama.py`; `llama` of equal dimensions is the proof.
"""

from __future__ import annotations

from llmsim_adapters.dialects.types import internlm2

DIALECT = internlm2.DIALECT.like("internlm", costless={"rotary": "rotation angles: elementwise"})

"""Phi-3-vision: Phi-3, its tower and what embeds pictures beside it.

Source: the published config of microsoft/Phi-3-vision-128k-instruct; `phi3` of equal dimensions is the proof.
"""

from llmsim_adapters.dialects.types import phi3

DIALECT = phi3.DIALECT.like("phi3_v")

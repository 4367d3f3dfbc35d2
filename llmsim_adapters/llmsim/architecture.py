"""LLMSim's architecture of any model. Imported only where LLMSim can be: `checkout.require` comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from src.arch.models_arch.base_model_arch import BaseModelArch

from llmsim_adapters.llmsim.bandwidth import tell_transfers_the_hardware
from llmsim_adapters.llmsim.operators import ExactAttention, ExactMatmul, ExactTransfer

if TYPE_CHECKING:
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.llmsim.described import Description


class AdaptedArch(BaseModelArch):  # type: ignore[misc]  # LLMSim has no types
    """One rank's operators of a model's graph; `graph` has what LLMSim has no place for: notes, gaps, state."""

    def __init__(self, model_config: Any, schedule_config: Any, graph: OperatorGraph, description: Description) -> None:
        tell_transfers_the_hardware()
        super().__init__(model_config, schedule_config)
        self.graph = graph
        self.description = description

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Be as when it was pickled, and tell transfers the hardware in the process that it comes to."""
        tell_transfers_the_hardware()
        self.__dict__.update(state)

    def build_operators(self) -> list[Any]:
        """Fill the three lists, each time from the beginning, and return the first."""
        decode = self.graph.schedule.mode == "decode"
        described = self.description.operators
        self.operators = [ExactMatmul(each) for each in described if not each.core]
        core = [ExactAttention(each) for each in described if each.core]
        self.attention_operators = {"attention": core} if core else {}
        self.transfer_operators = [ExactTransfer(each, decode=decode) for each in self.description.transfers]
        return self.operators

    def get_kv_cache(self) -> int | float:
        """Return the bytes of key/value cache per token of one sequence, the whole model's.

        That is the cache of a sequence of `max_seqlen` tokens divided by them: what layers with a window or a stride
        keep is spread over all tokens. Recurrent state is no part of it; see `get_state_per_sequence`.
        """
        tokens = self.schedule_config.max_seqlen
        return _per(self.graph.kv_cache_bytes(tokens), tokens)

    def get_kv_cache_per_gpu(self) -> int | float:
        """Return the same on one rank of those that work on the sequence."""
        tokens = self.schedule_config.max_seqlen
        return _per(self.graph.rank_kv_cache_bytes(tokens), tokens)

    def get_state_per_sequence(self) -> int:
        """Return the bytes of recurrent and convolution state of one sequence on one rank, whatever its length."""
        return sum(cache.rank_bytes(0) for cache in self.graph.caches if cache.kind == "state")


def _per(total: int, tokens: int) -> int | float:
    return total / tokens if total % tokens else total // tokens

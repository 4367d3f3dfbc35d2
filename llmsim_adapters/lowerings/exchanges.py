"""Exchanges: what the ranks send each other for the work of one block."""

from __future__ import annotations

from typing import Literal

from llmsim_adapters.graph.transfer import Transfer
from llmsim_adapters.lowerings.place import Place
from llmsim_adapters.traced import ceil_div


class Exchanges(Place):
    """A place, and what its ranks send."""

    __slots__ = ()

    def add_up(
        self, name: str, width: int, rows: int | None = None, *, over_all: bool = False, over: int | None = None
    ) -> None:
        """Say that each rank has a summand of `rows` rows, by default one for each token that it works on.

        The ranks that share the work add them up, or so many, `over`, or, with `over_all`, all ranks those of all
        groups. Summands of the mixers of one sublayer are added to each other first.
        """
        ranks = self._ranks
        if not self._runs or (ranks is None and over is None and self._padded_heads is None):
            return
        tokens, group = self.step.tokens, self._group.ways if over is None else over
        if over_all and ranks is not None:
            group, tokens = ranks.world, tokens * ranks.data
        count = tokens if rows is None else rows
        sums = self._draft.sums
        key = width, 0 if rows is None else len(sums) + 1
        if key not in sums or sums[key].ranks < group:
            sums[key] = self._transfer(f"{name}.all_reduce", "all_reduce", count, width, group)

    def added_up(self) -> None:
        """Emit the all-reduces of what was said to be added up since the last time."""
        sums = self._draft.sums
        if sums:
            for transfer in sums.values():
                self._emit(transfer)
            sums.clear()

    def bring_in(self, name: str, width: int, rows: int | None = None) -> None:
        """Emit what brings the rows of all data-parallel groups to ranks that work on them together.

        They are so many, by default one for each token.
        """
        group = self._group
        if self._ranks is not None and not (group.gathered.__class__ is int and group.gathered == 1):
            self.gather(name, self.step.tokens if rows is None else rows, width, over_data=True)

    def gather(self, name: str, rows: int, width: int, *, over_data: bool = False, over: int | None = None) -> None:
        """Emit an all-gather after which every rank has all of `rows` rows of `width`.

        The ranks are those that share the work, or so many, `over`, or, with `over_data`, one of each data-parallel
        group.
        """
        ranks = self._ranks
        if ranks is not None and self._runs:
            group = ranks.data if over_data else self._group.ways if over is None else over
            self._emit(self._transfer(f"{name}.all_gather", "all_gather", rows, width, group))

    def hand_out(self, name: str, width: int, top_k: int, dtype: str | None = None, *, apart: bool = False) -> None:
        """Emit what brings tokens to the ranks of their experts, whose weights are of a format.

        With DeepEP, each rank sends its tokens to the experts of each. Without, every rank gets the tokens of all
        data-parallel groups. Where they are `apart`, a token has a row for each of its experts.
        """
        ranks, step = self._ranks, self.step
        if ranks is None or not self._runs:
            return
        if ranks.deepep:
            sent = step.dtype if dtype is None else step.input_dtype(dtype)
            self._exchange(f"{name}.dispatch", "dispatch", width, top_k, sent)
        else:
            rows = step.tokens * ranks.data
            self.gather(name, rows * top_k if apart else rows, width, over_data=True)

    def bring_back(self, name: str, width: int, top_k: int, *, apart: bool = False) -> None:
        """Emit what brings the results of experts back: with DeepEP those of each, without it all ranks' sums."""
        ranks = self._ranks
        if ranks is None or not self._runs:
            return
        if ranks.deepep:
            self._exchange(f"{name}.combine", "combine", width, top_k, self.step.dtype)
        else:
            self.add_up(name, width, self.step.tokens * ranks.data * top_k if apart else None, over_all=True)

    def _exchange(self, name: str, kind: Literal["dispatch", "combine"], width: int, top_k: int, dtype: str) -> None:
        ranks = self._ranks
        if ranks is not None:
            rows = ceil_div(self.step.tokens, ranks.tensor)
            self._emit(self._transfer(name, kind, rows, width, ranks.expert, top_k, dtype))

    def _joint(self, name: str, rows: int) -> None:
        """Emit the all-reduce of one number of each row that is on several ranks."""
        if self._ranks is not None and self._runs:
            group = self._group.ways
            self._emit(self._transfer(f"{name}.all_reduce", "all_reduce", rows, 1, group, dtype="float32"))

    def _transfer(
        self,
        name: str,
        kind: Literal["all_reduce", "all_gather", "dispatch", "combine"],
        rows: int,
        width: int,
        group: int,
        copies: int = 1,
        dtype: str | None = None,
    ) -> Transfer:
        sent = dtype or self.step.dtype
        return Transfer(self._label + name, kind, self.stack, self.block, rows, width, copies, sent, group, self.repeat)

    def _emit(self, transfer: Transfer) -> None:
        if not isinstance(transfer.ranks, int) or transfer.ranks > 1 or transfer.kind in ("dispatch", "combine"):
            self._draft.transfers.append(transfer)

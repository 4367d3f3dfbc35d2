"""Mixers that take each token by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component

if TYPE_CHECKING:
    from llmsim_adapters.spec.components.norms import Norm


@dataclass(frozen=True, slots=True, kw_only=True)
class MLP(Component):
    """A feed-forward network; `gated` ones multiply the activated gate with a second projection (GLU).

    Its projections have a `bias`, or the last one alone, `output_bias` (TeleChat 2).
    `inner_norm` normalises what the last projection gets; with `factors`, what the gate and the other projection give
    has a trained factor for each channel (nGPT, arXiv:2410.01131); `activation_parameters` are trained numbers of the
    activation itself, `activation_constants` untrained ones that are stored with it (xIELU, arXiv:2411.13010).
    """

    kind: ClassVar[str] = "mlp"

    hidden_size: int
    intermediate_size: int
    activation: str = "silu"
    gated: bool = True
    bias: bool = False
    output_bias: bool = False
    inner_norm: Norm | None = None
    factors: bool = False
    activation_parameters: int = 0
    activation_constants: int = 0

    def parts(self) -> tuple[Component, ...]:
        return () if self.inner_norm is None else (self.inner_norm,)


@dataclass(frozen=True, slots=True, kw_only=True)
class MixtureOfExperts(Component):
    """Routed experts (arXiv:1701.06538) of one shape: each token goes to `num_experts_per_tok` of `num_experts`.

    `shared` is run on every token beside them, with `shared_gate` through a gate of one value per token.
    `score_correction_bias` is one number per expert that steers the routing without being trained by gradient
    (DeepSeek-V3, arXiv:2412.19437): a buffer, in some implementations a parameter. The routed experts work on a
    projection to `latent_size` numbers (LatentMoE, Nemotron 3), with `latent_bias` where it has biases; `latent_norm`
    normalises the sum of their results (Kimi K3), `latent_input_norm` what they get, and `expert_norm` what each gives
    (Muse Spark). `router_norm` normalises what the router gets, `expert_scales` are
    one trained factor for each expert's result (Gemma 4). `output_bias` is one for the sum of the experts' results.
    Tokens may also go to `identity_experts`, which have no
    weights and cost nothing (LongCat-Flash, arXiv:2509.01322). The router also scores `scored_shared_experts`, those
    of `shared`, to weigh their results (Inkling). A stored `token_table` of as many rows says which experts each token
    id goes to (DeepSeek-V4). With `router_size`, the router is a network of that width, to whose input those of
    earlier layers are added, scaled, where it `router_carries` them (ZAYA1). Layers may share banks of routed experts,
    each with its router: those of one block have `routed_sets` of them, and what is `shared` by a layer's tokens is
    still its own (Intern-S2 Mobius); None: each layer has its own, 0: they are all another block's. Tokens of media
    may go to experts of their own, by a router of their own, in place of these (`of_media`; ERNIE 4.5 VL); what is
    `shared` runs on all tokens. Tokens of pictures and of sound may each have a router of their own to the same experts
    (`media_routers`), with corrections where the first has such: a token runs one router (Ming-Omni, arXiv:2506.09344).
    """

    kind: ClassVar[str] = "mixture_of_experts"

    hidden_size: int
    num_experts: int
    num_experts_per_tok: int
    moe_intermediate_size: int
    activation: str = "silu"
    gated: bool = True
    router_bias: bool = False
    expert_bias: bool = False
    score_correction_bias: Literal["buffer", "parameter"] | None = None
    shared: MLP | None = None
    shared_gate: bool = False
    latent_size: int | None = None
    latent_bias: bool = False
    latent_norm: Norm | None = None
    latent_input_norm: Norm | None = None
    expert_norm: Norm | None = None
    router_norm: Norm | None = None
    expert_scales: bool = False
    output_bias: bool = False
    identity_experts: int = 0
    token_table: int = 0
    scored_shared_experts: int = 0
    router_size: int = 0
    router_carries: bool = False
    routed_sets: int | None = None
    of_media: MixtureOfExperts | None = None
    media_routers: int = 0

    def parts(self) -> tuple[Component, ...]:
        norms = (self.latent_norm, self.latent_input_norm, self.expert_norm, self.router_norm)
        return tuple(filter(None, (self.shared, *norms, self.of_media)))

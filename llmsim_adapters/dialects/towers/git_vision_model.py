"""GIT's picture encoder: CLIP's. Source: transformers `GitVisionConfig`."""

from llmsim_adapters.dialects.towers import clip_vision_model

DIALECT = clip_vision_model.DIALECT.like("git_vision_model", patch_size=16)

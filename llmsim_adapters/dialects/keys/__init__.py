"""What keys of configs mean, and what they cost: spellings, keys without a cost, keys of parts beside the model."""

"""What memory allows: how many sequences fit beside a model's weights, layout by layout."""

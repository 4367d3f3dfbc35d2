"""Facts that this project did not write itself: how they are measured, and the measurements as data."""

"""Sweeps: arrays of schedules, evaluated in closed form."""

"""Prompts spoken into a phone of the office."""

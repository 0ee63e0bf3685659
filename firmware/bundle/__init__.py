"""Bundles: what a box is set up with, in one signed file that may come on a stick."""

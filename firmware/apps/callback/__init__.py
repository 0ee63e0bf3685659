"""Calling back whom the box has promised it."""

"""Messages callers leave when nobody comes to the phone."""

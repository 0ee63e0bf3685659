"""The web process: a desk that looks into the exchange through a window."""

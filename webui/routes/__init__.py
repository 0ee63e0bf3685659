"""What the page can ask, one file per noun."""

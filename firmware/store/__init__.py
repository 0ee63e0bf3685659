"""What is kept: tipring.db, written by the exchange alone, read by the page."""

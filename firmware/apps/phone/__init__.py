"""The office's own phones: dialling by hand and dialling from the page."""

"""What cards, switch, exchange and page agree on; it imports nothing of ours."""

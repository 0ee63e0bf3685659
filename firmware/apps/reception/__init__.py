"""Where a call is received that came in from outside."""

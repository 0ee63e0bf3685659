"""The edge: Kamailio, what it is told, and what it tells us."""

"""The edge: Kamailio at the door of the SIP card, what it is told, and what it tells us."""

"""Asking web addresses from inside the box: whom it may ask, how much and for how long."""

"""Analogue lines on V.253 voice modems; README.md tells hardware, wiring and quirks."""

"""A simulated GSM modem on ptys that real AT clients accept; its SIM is a subscriber.

It shares no parser with drivers/gsm: the two meet on the wire only.
"""

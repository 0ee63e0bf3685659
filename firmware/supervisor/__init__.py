"""Starts the processes of the box on a developer's machine and restarts what dies.

On the box systemd does this from systemd/*.service; both start the same programs.
"""

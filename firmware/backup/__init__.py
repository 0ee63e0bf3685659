"""Backups: the whole box in one sealed file, and a spare box that becomes the old one."""

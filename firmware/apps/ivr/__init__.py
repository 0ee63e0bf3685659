"""Voice menus: flows of the configuration, walked with a caller."""

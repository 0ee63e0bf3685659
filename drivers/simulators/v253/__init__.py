"""A V.253 voice modem on a pty and the analogue line behind it, as Conexant and USR make them."""

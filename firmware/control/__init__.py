"""The socket through which the page and the command line look into the exchange."""

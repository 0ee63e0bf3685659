"""Whether the page can have its port: told before anything starts, in one sentence."""

import socket

from firmware.supervisor.state_folder import StateRefused


def refuse_taken_port(address: str, port: int) -> None:
    """Raises StateRefused when nobody could listen there, e.g. because another program does."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
            trial.listen()
        except OSError as fault:
            why = fault.strerror or str(fault)
            raise StateRefused("run.port-taken", address=address, port=port, why=why) from fault

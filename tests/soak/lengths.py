"""How long a soak lasts: the full form, unless the environment asks for a shorter one."""

import os


def soak_length(name: str, full: int) -> int:
    """Return SOAK_<NAME> of the environment, or `full`; the printed table says which it was."""
    return int(os.environ.get(f"SOAK_{name}", full))

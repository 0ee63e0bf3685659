"""A V.253 voice modem on a pty and the analogue line behind it, as Conexant and USR make them."""

from pathlib import Path

from drivers.simulators.terminal import PublicNetwork
from drivers.simulators.v253.modem import Modem
from drivers.simulators.v253.settings import CallerId, ClearSignal, Family, V253ModemSettings

__all__ = ["CallerId", "ClearSignal", "Family", "Modem", "V253ModemSettings", "start"]


async def start(device_dir: Path, network: PublicNetwork, settings: V253ModemSettings) -> Modem:
    """Plug the modem in as DEVICE_DIR/<serial>-if00; `stop` of what comes back takes it out."""
    modem = Modem(device_dir / f"{settings.serial}-if00", network, settings)
    modem.start()
    return modem

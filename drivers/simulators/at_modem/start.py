"""Starts a simulated modem in a running event loop."""

from pathlib import Path

from drivers.simulators.at_modem.modem import Modem
from drivers.simulators.at_modem.settings import ModemSettings
from drivers.simulators.terminal import PublicNetwork


async def start(device_dir: Path, network: PublicNetwork, settings: ModemSettings) -> Modem:
    """Plug a modem into the folder `device_dir`, its SIM into `network`; `stop()` undoes both."""
    modem = Modem(device_dir, network, settings)
    modem.plug_in()
    return modem

"""Line drivers, by the name used in tipring.toml.

To add one: write drivers/<name>/ with a Line and a Driver (drivers/driver.py), add
its line here, its settings to firmware/contract/settings.py and its rig to
tests/drivers/test_line_contract.py.
"""

from typing import Final

DRIVERS: Final[dict[str, str]] = {
    "fxo": "drivers.fxo.driver:FxoDriver",
    "gsm": "drivers.gsm.driver:GsmDriver",
    "sip": "drivers.sip.driver:SipDriver",
    "virtual": "drivers.virtual.driver:VirtualDriver",
}

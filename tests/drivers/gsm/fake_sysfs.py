"""A sysfs tree with one USB modem in it, as Linux lays it out."""

from pathlib import Path

USB_DEVICE = "1-1.4"


def usb_device(sysfs: Path, usb_id: str = "1e0e:9001", *, port_switch: bool = False) -> Path:
    """Make the device's folder; with `port_switch` its hub can cut the port's power."""
    hub = sysfs / "devices/pci0000:00/0000:00:14.0/usb1/1-1"
    device = hub / USB_DEVICE
    device.mkdir(parents=True)
    vendor, product = usb_id.split(":")
    (device / "idVendor").write_text(vendor + "\n")
    (device / "idProduct").write_text(product + "\n")
    (device / "authorized").write_text("1\n")
    if port_switch:
        port = hub / "1-1:1.0" / "1-1-port4"
        port.mkdir(parents=True)
        (port / "disable").write_text("0\n")
    return device


def add_tty(sysfs: Path, device: Path, tty: str, interface: int) -> None:
    """Hang the tty of that name under the device's interface."""
    place = device / f"{USB_DEVICE}:1.{interface}"
    (place / tty).mkdir(parents=True, exist_ok=True)
    (place / "bInterfaceNumber").write_text(f"{interface:02x}\n")
    link = sysfs / "class/tty" / tty
    link.mkdir(parents=True)
    (link / "device").symlink_to(place / tty)

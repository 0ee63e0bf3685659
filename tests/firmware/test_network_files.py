"""What [network] says is written down for the box's own units, and nothing else is touched."""

from pathlib import Path

from firmware.config.network import Network
from firmware.exchange.network_files import write_network_files


def test_name_and_time_servers_are_written_and_go_again(tmp_path: Path) -> None:
    servers = ("0.pool.example.org", "192.0.2.1")
    write_network_files(tmp_path, Network(name="switchboard", time_servers=servers))
    assert (tmp_path / "network/hostname").read_text() == "switchboard\n"
    timesyncd = (tmp_path / "network/timesyncd.conf").read_text()
    assert timesyncd == "[Time]\nNTP=0.pool.example.org 192.0.2.1\n"

    write_network_files(tmp_path, Network())
    assert (tmp_path / "network/hostname").read_text() == "tipring\n"
    assert not (tmp_path / "network/timesyncd.conf").exists()


def test_a_disk_at_fault_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "network").write_text("in the way")

    write_network_files(tmp_path, Network())

    assert (tmp_path / "network").read_text() == "in the way"

"""The units: each process has one, in a sandbox whose score systemd itself gives."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
WORST = {
    "tipring-exchange": 2.0,
    "tipring-web": 1.3,
    "tipring-usb@": 0.8,
    "tipring-switch": 1.0,
    "tipring-card@": 1.3,
}
"""The highest exposure a unit may have; systemd-analyze calls 0 safe and 10 open."""
SCORE = re.compile(r"Overall exposure level for \S+: (\d+\.\d)")
NO_BOX_HERE = re.compile(r"Command /opt/tipring/\S+ is not executable|Unit configuration has fatal")
"""What verify says on a machine where Tipring is not installed."""
STATE = "/var/lib/tipring"


class Unit:
    """A unit's keys; those that stand more than once keep all their values."""

    def __init__(self, file: Path) -> None:
        self.values: dict[str, list[str]] = {}
        for line in file.read_text("utf-8").splitlines():
            key, found, value = line.partition("=")
            if found and not line.startswith("#"):
                self.values.setdefault(key, []).append(value)

    def one(self, key: str) -> str:
        (value,) = self.values[key]
        return value


def test_every_process_has_its_unit() -> None:
    assert {file.stem for file in UNITS} == set(WORST)


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.stem)
def test_a_unit_is_as_closed_as_it_has_to_be(file: Path) -> None:
    printed = analyze("security", "--offline=yes", "--no-pager", str(file)).stdout
    found = SCORE.search(printed)

    assert found is not None, printed
    assert float(found[1]) <= WORST[file.stem]


def test_an_open_unit_would_not_pass(tmp_path: Path) -> None:
    file = tmp_path / "tipring-exchange.service"
    file.write_text("[Service]\nExecStart=/bin/true\n", "utf-8")

    found = SCORE.search(analyze("security", "--offline=yes", "--no-pager", str(file)).stdout)

    assert found is not None
    assert float(found[1]) > WORST["tipring-exchange"]


def test_systemd_understands_every_line() -> None:
    files = [*UNITS, *FOLDER.glob("*.target"), *FOLDER.glob("*.path")]

    said = analyze("verify", "--man=no", *(str(file) for file in files)).stderr

    ours = [line for line in said.splitlines() if "tipring" in line]
    assert [line for line in ours if not NO_BOX_HERE.search(line)] == []


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.stem)
def test_a_unit_starts_a_module_that_is_there(file: Path) -> None:
    words = Unit(file).one("ExecStart").split()
    module = words[words.index("-m") + 1]

    assert importlib.util.find_spec(module) is not None
    assert words[words.index("--state") + 1] == STATE


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.stem)
def test_what_is_dropped_in_the_state_folder_is_never_run(file: Path) -> None:
    unit = Unit(file)

    writable = f"{STATE}/incoming" if file.stem == "tipring-usb@" else STATE
    assert writable in unit.one("NoExecPaths").split()
    assert unit.one("MemoryDenyWriteExecute") == "yes"
    assert unit.one("CapabilityBoundingSet") == ""
    assert unit.one("NoNewPrivileges") == "yes"


def test_the_reader_of_sticks_sees_one_device_and_one_folder() -> None:
    unit = Unit(FOLDER / "tipring-usb@.service")

    assert unit.one("DeviceAllow") == "/dev/%I r"
    assert unit.one("BindPaths") == f"{STATE}/incoming"
    assert unit.one("TemporaryFileSystem") == f"{STATE}:ro,noexec"
    assert STATE not in unit.one("NoExecPaths").split(), "it would be bound over the empty one"
    assert "ReadWritePaths" not in unit.values
    assert unit.one("PrivateNetwork") == "yes"
    assert unit.one("DynamicUser") == "yes"


def test_only_the_web_and_sip_may_be_reached_from_the_network() -> None:
    for name in ("tipring-switch", "tipring-card@"):
        assert Unit(FOLDER / f"{name}.service").one("PrivateNetwork") == "yes"
    assert Unit(FOLDER / "tipring-exchange.service").one("SocketBindDeny") == "any"
    web = Unit(FOLDER / "tipring-web.service")
    assert web.values["SocketBindAllow"] == ["tcp:8080", "tcp:8443"]


def test_the_target_starts_everything_but_sticks() -> None:
    wanted = " ".join(Unit(FOLDER / "tipring.target").values["Wants"]).split()

    kinds = {re.sub(r"@\w+", "@", name).removesuffix(".service") for name in wanted}

    assert set(WORST) - {"tipring-usb@"} <= kinds


def test_the_folder_for_bundles_is_made_for_who_reads_sticks() -> None:
    folders = [
        line.split() for line in (FOLDER / "tmpfiles.d/tipring.conf").read_text().splitlines()
    ]
    made = {words[1]: words[2:5] for words in folders if words and words[0] == "d"}
    users = (FOLDER / "sysusers.d/tipring.conf").read_text("utf-8")
    unit = Unit(FOLDER / "tipring-usb@.service")

    assert made[f"{STATE}/incoming"] == ["2770", "tipring", "tipring-stick"]
    assert made[f"{STATE}/run"][0] == "0700"
    assert unit.one("SupplementaryGroups") == "tipring-stick"
    assert "m tipring tipring-stick\n" in users


def test_the_drop_in_for_sip_opens_the_network_and_no_device() -> None:
    drop_in = Unit(FOLDER / "tipring-card@sip.service.d/sip.conf")

    assert drop_in.one("PrivateNetwork") == "no"
    assert drop_in.one("DeviceAllow") == ""
    condition = drop_in.one("ExecCondition")
    pattern = condition.split("'")[1]
    grep = ["grep", "-Eq", pattern, str(ROOT / "firmware/config/example.toml")]
    assert subprocess.run(grep, check=False).returncode == 0
    grep[-1] = str(ROOT / "firmware/config/minimal.toml")
    assert subprocess.run(grep, check=False).returncode == 1


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("the package systemd is not installed here")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)

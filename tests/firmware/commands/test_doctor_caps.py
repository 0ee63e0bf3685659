"""`tipring doctor` shows what is used of each limit for calls out."""

from argparse import Namespace
from pathlib import Path

import pytest

from firmware.commands import doctor
from firmware.contract.views import CapView, Snapshot


def test_each_limit_is_a_line_and_one_used_up_stands_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    caps = (
        CapView(scope="extension", id="101", per="day", unit="min", used=12.5, limit=60),
        CapView(scope="box", per="month", unit="GBP", used=600, limit=600),
    )
    snapshot = Snapshot(epoch="e", seq=0, office="Riverside", country="GB", caps=caps)
    monkeypatch.setattr(doctor, "take_snapshot", lambda _state, **_timeout: snapshot)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    assert doctor.main(Namespace(state=tmp_path, json=False)) == 1
    said = capsys.readouterr().out.splitlines()
    assert "  Calls out of 101 today: 12.50 of 60.00 min" in said
    assert "! Calls out of Riverside this month: 600.00 of 600.00 GBP" in said

"""The owner claims the box, uploads a sound for the menu, and callers hear it."""

import re
from pathlib import Path
from typing import Final

import httpx2
import numpy as np
import soundfile

from firmware.store.archive import Archive
from tests.practice_box import PracticeBox, wait_for
from tests.sound import marker, read_sound, seconds_of

PASSWORD: Final = "a drum, a lamp, nine boats"
PROMPT_HZ: Final = 740.0
ODD_RATE_HZ: Final = 22_050


def test_uploaded_sound_is_what_callers_hear(own_box: PracticeBox, tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    with httpx2.Client(base_url=f"http://127.0.0.1:{own_box.port}", timeout=20) as page:
        token = claim(own_box, page)
        upload = page.post(
            "/api/prompts",
            files={"file": ("menu.flac", odd_sound(tmp_path), "audio/flac")},
            headers={"X-CSRF-Token": token},
        )
    assert upload.status_code == 201, upload.text
    assert 5_900 < upload.json()["duration_ms"] < 6_100
    speak_in_menu(own_box, upload.json()["sound"])

    own_box.call_in("gsm-2", hangup_after=7, record=heard).outcome()

    assert seconds_of(PROMPT_HZ, read_sound(heard)[:, 0]) > 2
    audit = Archive(own_box.state / "tipring.db").audit()
    assert "web.audit-uploaded" in {row.what.code for row in audit}


def claim(box: PracticeBox, page: httpx2.Client) -> str:
    """Become the owner with the code from the console; return the token for changes."""
    said: list[str] = []

    def code_is_said() -> bool:
        said[:] = re.findall(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b", box.log.read_text("utf-8"))
        return bool(said)

    wait_for("the set-up code", code_is_said, 20)
    wait_for("the page", lambda: _answers(page), 20)
    form = {"code": said[0], "name": "owner", "password": PASSWORD, "again": PASSWORD}
    assert page.post("/claim", data=form, headers=_origin(page)).status_code in {200, 303}
    entered = page.post("/api/login", json={"name": "owner", "password": PASSWORD})
    assert entered.status_code == 200, entered.text
    token: str = entered.json()["csrf"]
    page.headers.update(_origin(page))
    return token


def odd_sound(folder: Path) -> bytes:
    """Return six seconds of marker as stereo FLAC at an odd rate."""
    file = folder / "menu.flac"
    pitch_hz = PROMPT_HZ * 8_000 / ODD_RATE_HZ
    sound = marker(pitch_hz, 6 * ODD_RATE_HZ / 8_000)
    soundfile.write(str(file), np.stack((sound, sound), axis=1), ODD_RATE_HZ, subtype="PCM_16")
    return file.read_bytes()


def speak_in_menu(box: PracticeBox, sound: str) -> None:
    toml = (box.state / "tipring.toml").read_text("utf-8")
    changed = re.sub(r'en\.text = "Welcome[^\n]*', f'en.sound = "{sound}"', toml)
    assert changed != toml
    with box.control() as control:
        answer = control.ask("apply-config", toml=changed, who="owner")
    assert answer.get("problem") is None, answer


def _origin(page: httpx2.Client) -> dict[str, str]:
    return {"Origin": str(page.base_url).rstrip("/")}


def _answers(page: httpx2.Client) -> bool:
    try:
        return page.get("/api/health").status_code == 200
    except httpx2.TransportError:
        return False

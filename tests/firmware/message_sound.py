"""Sound as the switch's recorder leaves it, for messages and recordings no switch has made."""

from pathlib import Path

from firmware.switch.part import FILE_HEADER, FRAME_BYTES, pack_piece


def write_a_second_of_sound(file: Path) -> None:
    """Both channels loud enough that nobody takes it for silence."""
    wave = bytes((0, 16, 0, 16, 0, 240, 0, 240) * (FRAME_BYTES // 8))
    file.write_bytes(FILE_HEADER + pack_piece(0, wave * 50))

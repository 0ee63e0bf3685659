"""What the page looks up before it changes anything: levels of a line, where a call would go."""

from pydantic import JsonValue

from firmware.apps.reception import preview
from firmware.calls.office import Office
from firmware.calls.sound_check import SoundCheck
from firmware.config.model import Config
from firmware.contract.line_care import ReadLevels
from firmware.contract.message import LineId
from firmware.contract.messages import ForgetTone
from firmware.contract.whereabouts import TryArrival, TryDialling


class Lookups:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._sound = SoundCheck(office)

    def answer(self, asked: ReadLevels | TryArrival | TryDialling) -> JsonValue:
        """Raises NotFound for a line nobody knows, RequestRefused for what is no number."""
        match asked:
            case ReadLevels():
                return self._sound.read(asked.line_id).model_dump(mode="json")
            case TryArrival():
                return preview.arrival(self._office, asked).model_dump(mode="json")
            case TryDialling():
                return preview.dialling(self._office, asked).model_dump(mode="json")

    def forget_tone(self, line_id: LineId) -> None:
        """The line listens for the country's tones again, from the next call on."""
        self._office.lines.entry(line_id)
        self._office.lines.learned.pop(line_id, None)
        self._office.records.tones.forget(line_id)
        self._office.wires.tell_card(line_id, ForgetTone(line_id=line_id))

    def made_live(self, before: Config, now: Config) -> None:
        self._sound.made_live(before, now)

"""A baresip phone's dialog, read from its own trace, for what baresip itself has no key for."""

import re
import socket
from uuid import uuid4

ANSWER_S = 5.0


class Answer200:
    """The last answer to the phone's INVITE to `number`."""

    def __init__(self, trace: str, number: str) -> None:
        blocks = re.findall(r"SIP/2\.0 200 OK\r?\n(.*?)\r?\n\r?\n", trace, flags=re.DOTALL)
        fitting = [one for one in blocks if " INVITE" in one and f"<sip:{number}@" in one]
        self._text = fitting[-1].replace("\r", "")

    def find(self, pattern: str) -> str:
        found = re.search(pattern, self._text, flags=re.MULTILINE)
        assert found, f"{pattern} in {self._text}"
        return found[1]

    def find_all(self, pattern: str) -> list[str]:
        return re.findall(pattern, self._text, flags=re.MULTILINE)


class HookFlash:
    """The flash key of adapters: INFO within the dialog of the phone's call to `number`.

    Its CSeq is beyond the phone's own, which must not ask for anything else in this dialog.
    """

    def __init__(self, trace: str, number: str) -> None:
        self._answer = Answer200(trace, number)
        self._sequence = int(self._answer.find(r"^CSeq: (\d+)"))

    def press(self) -> None:
        answer = self._answer
        self._sequence += 1
        routes = answer.find_all(r"^Record-Route: (.*)$")
        body = "Signal=hf\r\nDuration=160\r\n"
        host, port = re.findall(r"<sip:([0-9.]+):(\d+)", routes[-1])[0]
        with socket.socket(type=socket.SOCK_DGRAM) as phone:
            phone.bind((host, 0))
            phone.settimeout(ANSWER_S)
            here = f"{host}:{phone.getsockname()[1]}"
            lines = [
                f"INFO {answer.find(r'^Contact: <([^>]+)>')} SIP/2.0",
                f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{uuid4().hex};rport",
                *(f"Route: {route}" for route in reversed(routes)),
                "Max-Forwards: 70",
                f"From: {answer.find(r'^From: (.*)$')}",
                f"To: {answer.find(r'^To: (.*)$')}",
                f"Call-ID: {answer.find(r'^Call-ID: (.*)$')}",
                f"CSeq: {self._sequence} INFO",
                "Content-Type: application/dtmf-relay",
                f"Content-Length: {len(body)}",
            ]
            phone.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), (host, int(port)))
            answered = phone.recv(65_535).decode()
        assert answered.startswith("SIP/2.0 200"), answered

"""The border between a simulated device and the simulated public network.

A device (AT modem, voice modem, virtual phone) is a Terminal; each call it has
is a NetworkCall. The device is the clock of its own audio: every 20 ms by its
own crystal it swaps one block with the network.
"""

from typing import Protocol

from firmware.contract.causes import Cause
from firmware.contract.pcm import Samples


class BlockSource(Protocol):
    """Something that can be heard, one block after another, for ever."""

    def next_block(self) -> Samples: ...


class NetworkCall(Protocol):
    """One call of a terminal, as the terminal holds it."""

    calling: str | None
    """Who calls, as +E.164; None when withheld."""

    def answer(self) -> None: ...

    def clear(self, cause: Cause = Cause.NORMAL_CALL_CLEARING) -> None:
        """End the call from the terminal's side; the terminal hears nothing more of it."""

    def send_digit(self, digit: str) -> None:
        """Out-of-band DTMF (AT+VTS): the network makes the tone for the far end."""

    def hear_instead(self, source: BlockSource) -> None:
        """After the far end has gone: hear this, over the same bad line, not the network's tone."""

    def swap(self, said: Samples) -> Samples:
        """Give the 160 samples the terminal sent, get the 160 it shall hear (tones included)."""


class Terminal(Protocol):
    """A device at the end of a simulated subscriber line, as the network sees it.

    The methods are called on the event loop; none may block.
    """

    number: str

    def ring(self, call: NetworkCall) -> bool:
        """A call arrives; False when the device is busy or off (the caller hears why)."""

    def alerting(self, call: NetworkCall) -> None: ...

    def answered(self, call: NetworkCall) -> None: ...

    def cleared(self, call: NetworkCall, cause: Cause) -> None:
        """The far end has gone, or the call never got there. Told once.

        `swap` goes on giving the network's tones (busy, congestion, SIT) until the
        terminal clears: on an analogue line hearing them is all a device gets.
        """


class PublicNetwork(Protocol):
    """What a device may ask of the network (drivers/simulators/network.py builds it)."""

    country: str

    def attach(self, terminal: Terminal) -> None:
        """Connect the subscriber line; who calls its number rings it from now on."""

    def detach(self, terminal: Terminal) -> None:
        """Switched off or out of coverage: callers are told the subscriber is absent."""

    def dial_tone(self) -> BlockSource:
        """What an analogue line hears after off-hook, before its first digit."""

    def place(self, terminal: Terminal, called: str, calling: str | None = None) -> NetworkCall:
        """Start a call; its progress comes back through the terminal's methods, never in here.

        `called` may be national or international; `#31#` before it withholds the number.
        `calling` None shows the terminal's own number.
        """

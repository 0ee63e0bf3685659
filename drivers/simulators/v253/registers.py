"""What a modem remembers between commands: its S registers and its voice parameters."""

from dataclasses import dataclass, field


@dataclass
class Registers:
    """As after power-on."""

    has_echo: bool = True
    is_quiet: bool = False
    dial_result: int = 4
    """ATX: 3 dials blind, 4 wants dial tone."""
    service_class: str = "0"
    caller_id: bool = False
    coding: str = "unsigned8"
    country: str = "B5"
    hook_relay: int = 0
    """The last +VLS."""
    s: dict[int, int] = field(default_factory=lambda: {0: 0, 6: 2, 7: 60, 8: 2, 11: 85, 30: 0})

    @property
    def voice_mode(self) -> bool:
        return self.service_class == "8"

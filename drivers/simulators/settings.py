"""What practice.toml may say: devices of the practice lines, and subscribers outside."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from drivers.simulators.at_modem.settings import ModemSettings
from drivers.simulators.impairments import Impairments
from drivers.simulators.v253.settings import V253ModemSettings

PracticeNumber: TypeAlias = Annotated[str, Field(pattern=r"^(\+?[0-9]{2,20})?$")]
"""Empty: withheld."""
Serial: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class _Settings(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class PhoneSettings(_Settings):
    """A virtual phone: somebody in the office, by hand unless `answer_after_s` is set."""

    wire: Literal["virtual"]
    serial: Serial
    line: str
    number: PracticeNumber
    """Its extension."""
    trunk: bool = False
    """A line towards the network instead of a phone."""
    answer_after_s: Annotated[float | None, Field(ge=0, le=600)] = None
    say: str | None = None
    """A WAV file, or `marker` for a warbling tone; said again and again while connected."""
    impairments: Impairments = Impairments()


class Conversation(_Settings):
    """What somebody does once the call is up."""

    say: str | None = None
    """A WAV file or `marker`."""
    say_again: bool = False
    """Over and over, instead of once."""
    beep: bool = False
    """After what is said: an answering machine, which then listens."""
    press: Annotated[str, Field(pattern=r"^[0-9A-D*#]{0,32}$")] = ""
    press_after_s: Annotated[float, Field(ge=0, le=600)] = 1.0
    hang_up_after_s: Annotated[float | None, Field(ge=0, le=86_400)] = None


class SubscriberSettings(Conversation):
    """An outside party that is called by number and does what it says here."""

    number: PracticeNumber
    label: str = ""
    answers: bool = True
    answer_after_s: Annotated[float, Field(ge=0, le=600)] = 2.0
    busy: bool = False
    rejects_after_s: Annotated[float | None, Field(ge=0, le=600)] = None
    off: bool = False
    """Known to the network, but switched off."""
    impairments: Impairments = Impairments()


AnyDeviceSettings: TypeAlias = Annotated[
    ModemSettings | V253ModemSettings | PhoneSettings, Field(discriminator="wire")
]


class PracticeSettings(_Settings):
    """The whole file."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "GB"
    devices: tuple[AnyDeviceSettings, ...] = ()
    subscribers: tuple[SubscriberSettings, ...] = ()

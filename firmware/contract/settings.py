"""What the owner may say about a line: the same model in tipring.toml and in Configure.

Field names carry their unit. Unknown keys are refused, so a typo is an error
at once and not a setting that silently does nothing.
"""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from firmware.contract.message import LineId


class LineSettings(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    id: LineId
    label: Annotated[str, Field(max_length=60)] = ""
    number: Annotated[str | None, Field(pattern=r"^\+?[0-9]{2,20}$")] = None
    """The line's own number, where calls to it come in."""
    enabled: bool = True
    """Off: takes no call in and carries none out, but an emergency call where nothing else can."""
    record: bool = False
    """Record every call of this line (the announcement is played first)."""
    max_call_s: Annotated[int, Field(ge=60, le=86_400)] = 14_400
    receive_db: Annotated[float, Field(ge=-24, le=24)] = 0.0
    send_db: Annotated[float, Field(ge=-24, le=24)] = 0.0


class GsmLineSettings(LineSettings):
    """A SIM in a modem, bound by IMEI (the device) or ICCID (the SIM), never by port."""

    driver: Literal["gsm"]
    imei: Annotated[str | None, Field(pattern=r"^[0-9]{14,16}$")] = None
    iccid: Annotated[str | None, Field(pattern=r"^[0-9F]{18,22}$")] = None
    sim_pin: Annotated[str | None, Field(pattern=r"^[0-9]{4,8}$")] = None
    sound_device: str | None = None
    """Name of the ALSA device for modems whose sound is analogue (SIM800)."""


class LearnedTone(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    frequency_hz: Annotated[float, Field(ge=300, le=700)]
    on_ms: Annotated[int, Field(ge=40, le=2000)]
    off_ms: Annotated[int, Field(ge=40, le=2000)]


class FxoLineSettings(LineSettings):
    """An analogue line on a V.253 voice modem, bound by the modem's serial number."""

    driver: Literal["fxo"]
    serial: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
    """The part of the device's by-id name that tells it from its twins."""
    answer_after_rings: Annotated[int, Field(ge=1, le=10)] = 2
    country: Annotated[str | None, Field(pattern=r"^[A-Z]{2}$")] = None
    """Whose tones, impedance and caller-id standard the line has; None is the office's country."""
    caller_id: bool = True
    """Read the caller's number between the rings."""
    hangup_tone: LearnedTone | None = None
    echo_canceller: bool = True


class VirtualLineSettings(LineSettings):
    """A line with no hardware: a phone (or trunk) whose far end a program plays."""

    driver: Literal["virtual"]
    serial: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
    phone: bool = True


class SipLineSettings(LineSettings):
    """What SIP phones and trunks share: several calls at once over G.711."""

    driver: Literal["sip"]
    calls_at_once: Annotated[int, Field(ge=1, le=30)] = 2
    address: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")] = None
    """Where the other side always is, `host` or `host:port`; a phone without it must register."""
    secret: Annotated[str | None, Field(min_length=8, max_length=64)] = None
    """The password of digest authentication; kept in secrets.toml."""


class SipPhoneSettings(SipLineSettings):
    """A SIP phone, softphone or FXS adapter port that registers with the box."""

    account: Literal["phone"]
    user: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,32}$")]
    """The user name it registers with; several devices may share it, all of them ring."""
    network: Annotated[str | None, Field(pattern=r"^[0-9a-fA-F.:]+/[0-9]{1,3}$")] = None
    """Where alone it may register from; None is the office's own network."""


class SipTrunkSettings(SipLineSettings):
    """An account with a provider (or a gateway with FXO ports) that carries outside calls."""

    account: Literal["trunk"]
    server: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$")]
    """The provider's registrar and proxy, `host` or `host:port`."""
    backup_server: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$")] = (
        None
    )
    user: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_.+-]{1,64}$")] = None
    """The account's user name; None for a trunk that knows us by our address."""
    registers: bool = True
    """Log in at the server so that calls come in; a trunk known by its address need not."""
    transport: Literal["udp", "tcp", "tls"] = "udp"
    number_format: Literal["e164", "e164-no-plus", "national", "as-dialled"] = "e164"
    """How the provider wants the called number."""


AnySipSettings: TypeAlias = Annotated[
    SipPhoneSettings | SipTrunkSettings, Field(discriminator="account")
]
AnyLineSettings: TypeAlias = Annotated[
    GsmLineSettings | FxoLineSettings | VirtualLineSettings | AnySipSettings,
    Field(discriminator="driver"),
]

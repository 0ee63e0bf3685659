"""The whole tipring.toml: its chapters, and looking things up by their ids."""

from pydantic import Field

from firmware.config.backup import Backup
from firmware.config.bundles import BundleKey
from firmware.config.callers import Callers
from firmware.config.chapter import Chapter, Name
from firmware.config.closures import Closure
from firmware.config.codes import Codes
from firmware.config.emergency import emergency_numbers
from firmware.config.extensions import Extension, RingGroup
from firmware.config.flow_web import WebRequests
from firmware.config.flows import Flow
from firmware.config.mail import Mail
from firmware.config.network import Network
from firmware.config.office import Language, Office
from firmware.config.prompts import Prompts
from firmware.config.recording import Mailbox, Recording
from firmware.config.routes_in import RouteIn
from firmware.config.routes_out import RoutesOut
from firmware.config.timetables import Timetable
from firmware.config.toll_guard import STANDARD, STANDARD_OF_FLOWS, DialClass, TollGuard
from firmware.contract.settings import AnyLineSettings, LineSettings


class Config(Chapter):
    """What `load` returned is free of faults: every reference leads somewhere."""

    office: Office
    lines: tuple[AnyLineSettings, ...] = ()
    extensions: tuple[Extension, ...] = ()
    groups: tuple[RingGroup, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()
    timetables: dict[Name, Timetable] = {}
    closures: tuple[Closure, ...] = ()
    callers: Callers = Callers()
    codes: Codes = Codes()
    routes_in: tuple[RouteIn, ...] = ()
    routes_out: RoutesOut = RoutesOut()
    toll_guard: TollGuard = TollGuard()
    dial_classes: tuple[DialClass, ...] = ()
    flows: dict[Name, Flow] = {}
    prompts: Prompts = Field(default_factory=dict)
    recording: Recording = Recording()
    web_requests: WebRequests = WebRequests()
    mail: Mail = Mail()
    network: Network = Network()
    backup: Backup = Backup()
    bundle_keys: tuple[BundleKey, ...] = ()

    def line(self, line_id: str) -> LineSettings | None:
        return next((line for line in self.lines if line.id == line_id), None)

    def extension(self, extension_id: str) -> Extension | None:
        return next((one for one in self.extensions if one.id == extension_id), None)

    def extension_of_device(self, line_id: str) -> Extension | None:
        return next((one for one in self.extensions if line_id in one.devices), None)

    def group(self, group_id: str) -> RingGroup | None:
        return next((one for one in self.groups if one.id == group_id), None)

    def group_numbered(self, number: str) -> RingGroup | None:
        return next((one for one in self.groups if one.extension == number), None)

    def flow_numbered(self, number: str) -> str | None:
        """Return the name of the flow our phones reach under a number."""
        found = (name for name, flow in self.flows.items() if flow.extension == number)
        return next(found, None)

    def inside_numbers(self) -> frozenset[str]:
        """Return what our phones dial to reach somebody or something in the office."""
        groups = {one.extension for one in self.groups if one.extension is not None}
        flows = {one.extension for one in self.flows.values() if one.extension is not None}
        return frozenset({one.id for one in self.extensions} | groups | flows)

    def mailbox(self, mailbox_id: str) -> Mailbox | None:
        return next((one for one in self.mailboxes if one.id == mailbox_id), None)

    def dial_class_of(self, extension_id: str | None) -> DialClass:
        """Return what an extension may dial; None asks for flows and callers from outside.

        A phone that is no extension's may dial what flows may.
        """
        extension = self.extension(extension_id) if extension_id is not None else None
        if extension is None:
            name, otherwise = self.toll_guard.flow_class, STANDARD_OF_FLOWS
        else:
            name, otherwise = extension.may_dial or self.toll_guard.default_class, STANDARD
        return next((one for one in self.dial_classes if one.id == name), otherwise)

    def spoken_languages(self) -> tuple[Language, ...]:
        """Return the languages callers are spoken to in, then those of single extensions."""
        own = (one.language for one in self.extensions if one.language is not None)
        return tuple(dict.fromkeys((*self.office.languages, *own)))

    def emergency_numbers(self) -> frozenset[str]:
        """Return the numbers that always get a line: the country's and the office's own."""
        return emergency_numbers(self.office.country) | frozenset(self.office.emergency_numbers)

"""Faults between chapters: what is named but not there, and what is there twice."""

from collections.abc import Iterable, Iterator

from firmware.config.fault import Fault
from firmware.config.model import Config
from firmware.config.opening import regions
from firmware.config.prompts import languages_of
from firmware.config.routes_in import Destination
from firmware.config.toll_faults import toll_faults
from firmware.config.toml_places import Path
from firmware.contract.settings import (
    GsmLineSettings,
    LineSettings,
    SipPhoneSettings,
    VirtualLineSettings,
)


def reference_faults(config: Config) -> Iterator[Fault]:
    yield from _twins(config)
    yield from _inside_numbers(config)
    yield from _unbound_modems(config)
    yield from _extensions(config)
    yield from _groups_and_mailboxes(config)
    yield from _timetables(config)
    yield from _routes_in(config)
    yield from _closures(config)
    yield from _routes_out(config)
    yield from _dial_classes(config)
    yield from toll_faults(config)
    yield from prompt_faults(config, ("office", "hold_music"), config.office.hold_music)
    yield from prompt_faults(config, ("recording", "announcement"), config.recording.announcement)


def missing(kind: str, names: Iterable[str], known: Iterable[str], path: Path) -> Iterator[Fault]:
    """Yield a fault per name that is not known; `path` is that of the list or the single value."""
    known = sorted(known)
    for name in names:
        if name not in known:
            allowed = ", ".join(known) or "-"
            yield Fault(f"config.no-such-{kind}", path, {"value": name, "allowed": allowed})


def prompt_faults(config: Config, path: Path, prompt: str | None) -> Iterator[Fault]:
    """Yield faults of a prompt that is not there, or not in every language in use."""
    if prompt is None:
        return
    there = languages_of(prompt, config.prompts)
    if not there:
        yield Fault("config.no-such-prompt", path, {"value": prompt})
        return
    for language in config.office.languages:
        if language not in there:
            args = {"value": prompt, "language": language}
            yield Fault("config.prompt-not-in-language", path, args)


def _twins(config: Config) -> Iterator[Fault]:
    for chapter in (
        "lines",
        "extensions",
        "groups",
        "mailboxes",
        "dial_classes",
        "closures",
        "bundle_keys",
    ):
        ids = [entry.id for entry in getattr(config, chapter)]
        for index, entry_id in enumerate(ids):
            if entry_id in ids[:index]:
                yield Fault("config.id-twice", (chapter, index, "id"), {"value": entry_id})
    for key, code in (
        ("iccid", "config.two-lines-one-sim"),
        ("imei", "config.two-lines-one-imei"),
        ("serial", "config.two-lines-one-serial"),
    ):
        yield from _lines_with_one(config, key, code)


def _lines_with_one(config: Config, key: str, code: str) -> Iterator[Fault]:
    owner: dict[str, str] = {}
    for index, line in enumerate(config.lines):
        value = getattr(line, key, None)
        if value is None:
            continue
        if value in owner:
            yield Fault(code, ("lines", index, key), {"value": value, "other": owner[value]})
        owner.setdefault(value, line.id)


def _unbound_modems(config: Config) -> Iterator[Fault]:
    for index, line in enumerate(config.lines):
        if isinstance(line, GsmLineSettings) and line.imei is None and line.iccid is None:
            yield Fault("config.line-without-identity", ("lines", index))


def _inside_numbers(config: Config) -> Iterator[Fault]:
    """One number is one thing, and begins no emergency number: it would be rung instead."""
    owner: dict[str, str] = {}
    for path, inside in _numbered(config):
        for number in sorted(config.emergency_numbers()):
            if number.startswith(inside):
                args = {"number": number, "country": config.office.country}
                yield Fault("config.extension-hides-emergency", path, args)
        if inside in owner and path[0] != "extensions":  # two extensions are twins already
            yield Fault("config.number-twice", path, {"value": inside, "other": owner[inside]})
        owner.setdefault(inside, str(path[0]))


def _numbered(config: Config) -> Iterator[tuple[Path, str]]:
    for index, extension in enumerate(config.extensions):
        yield ("extensions", index, "id"), extension.id
    for index, group in enumerate(config.groups):
        if group.extension is not None:
            yield ("groups", index, "extension"), group.extension
    for name, flow in config.flows.items():
        if flow.extension is not None:
            yield ("flows", name, "extension"), flow.extension


def _extensions(config: Config) -> Iterator[Fault]:
    lines = {line.id: line for line in config.lines}
    boxes = {box.id for box in config.mailboxes}
    rung: dict[str, str] = {}
    for index, extension in enumerate(config.extensions):
        here: Path = ("extensions", index)
        yield from missing("line", extension.devices, lines, (*here, "devices"))
        yield from missing("mailbox", _given(extension.voicemail), boxes, (*here, "voicemail"))
        if not extension.devices and extension.mobile is None:
            yield Fault("config.extension-without-device", here)
        for device in extension.devices:
            if device in lines and not has_phone(lines[device]):
                yield Fault("config.device-no-phone", (*here, "devices"), {"value": device})
            if device in rung:
                args = {"value": device, "other": rung[device]}
                yield Fault("config.device-twice", (*here, "devices"), args)
            rung.setdefault(device, extension.id)


def has_phone(line: LineSettings) -> bool:
    """Whether a phone of ours hangs on the line, so that it can be an extension's device."""
    return isinstance(line, SipPhoneSettings) or (
        isinstance(line, VirtualLineSettings) and line.phone
    )


def _groups_and_mailboxes(config: Config) -> Iterator[Fault]:
    extensions = {extension.id for extension in config.extensions}
    boxes = {box.id for box in config.mailboxes}
    for index, group in enumerate(config.groups):
        here: Path = ("groups", index)
        yield from missing("extension", group.extensions, extensions, (*here, "extensions"))
        yield from missing("mailbox", _given(group.voicemail), boxes, (*here, "voicemail"))
    for index, box in enumerate(config.mailboxes):
        here = ("mailboxes", index)
        yield from missing("extension", box.notify, extensions, (*here, "notify"))
        yield from prompt_faults(config, (*here, "greeting"), box.greeting)


def _timetables(config: Config) -> Iterator[Fault]:
    for name, timetable in config.timetables.items():
        if timetable.region is not None:
            known = regions(config.office.country)
            yield from missing("region", (timetable.region,), known, ("timetables", name, "region"))


def _routes_in(config: Config) -> Iterator[Fault]:
    lines = {line.id for line in config.lines}
    for index, route in enumerate(config.routes_in):
        here: Path = ("routes_in", index)
        yield from missing("line", route.lines, lines, (*here, "lines"))
        yield from missing(
            "timetable", _given(route.timetable), config.timetables, (*here, "timetable")
        )
        yield from _destination(config, route.to, (*here, "to"))


def _closures(config: Config) -> Iterator[Fault]:
    for index, closure in enumerate(config.closures):
        here: Path = ("closures", index)
        yield from prompt_faults(config, (*here, "prompt"), closure.prompt)
        if closure.to is not None:
            yield from _destination(config, closure.to, (*here, "to"))


def _destination(config: Config, to: Destination, here: Path) -> Iterator[Fault]:
    known = {
        "flow": set(config.flows),
        "extension": {extension.id for extension in config.extensions},
        "group": {group.id for group in config.groups},
        "voicemail": {box.id for box in config.mailboxes},
    }
    for kind, names in known.items():
        word = "mailbox" if kind == "voicemail" else kind
        yield from missing(word, _given(getattr(to, kind)), names, (*here, kind))


def _routes_out(config: Config) -> Iterator[Fault]:
    lines = {line.id for line in config.lines}
    seen: set[str] = set()
    for index, out in enumerate(config.routes_out.lines):
        here: Path = ("routes_out", "lines", index, "line")
        yield from missing("line", (out.line,), lines, here)
        if out.line in seen:
            yield Fault("config.id-twice", here, {"value": out.line})
        seen.add(out.line)


def _dial_classes(config: Config) -> Iterator[Fault]:
    known = {one.id for one in config.dial_classes}
    for key in ("default_class", "flow_class"):
        named = _given(getattr(config.toll_guard, key))
        yield from missing("dial-class", named, known, ("toll_guard", key))
    hours = _given(config.toll_guard.office_hours)
    yield from missing("timetable", hours, config.timetables, ("toll_guard", "office_hours"))
    for index, extension in enumerate(config.extensions):
        here: Path = ("extensions", index, "may_dial")
        yield from missing("dial-class", _given(extension.may_dial), known, here)
    for index, one in enumerate(config.dial_classes):
        here = ("dial_classes", index, "timetable")
        yield from missing("timetable", _given(one.timetable), config.timetables, here)


def _given(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)

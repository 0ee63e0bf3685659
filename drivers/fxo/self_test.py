"""Checks an idle line without a call, and says in words what was found."""

from drivers.fxo import condition
from drivers.fxo.echo import speexdsp
from drivers.fxo.voice_modem import VoiceModem
from firmware.contract.line_state import Health
from firmware.contract.texts import Text


async def examine(modem: VoiceModem, echo_canceller: bool) -> tuple[tuple[Text, ...], bool]:
    """Return the findings, and whether calls can be expected to work.

    Raises LineError or LineTimeout when the modem does not answer.
    """
    chip = Text(code="fxo.chip", args={"model": modem.model, "firmware": modem.firmware})
    volts = await modem.volts()
    line = condition.of_volts(volts)
    findings = [chip, *modem.findings, *([line.why] if line.why else [])]
    if volts is not None:
        findings.append(Text(code="fxo.line-voltage", args={"volts": volts}))
    if not modem.duplex:
        findings.append(Text(code="fxo.half-duplex"))
    elif echo_canceller:
        there = speexdsp() is not None
        findings.append(Text(code="fxo.echo-canceller" if there else "fxo.no-echo-canceller"))
    return tuple(findings), line.health is Health.READY

"""A sound card without one: a private PulseAudio with two crossed null sinks as ALSA devices."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

START_S = 20.0
ASOUND = """</usr/share/alsa/alsa.conf>
pcm.{name} {{ type asym
  playback.pcm {{ type pulse server "unix:{socket}" device "{plays}" }}
  capture.pcm {{ type pulse server "unix:{socket}" device "{records}.monitor" }}
  hint {{ show on description "Tipring test line" }} }}
"""
NEAR, FAR = "near", "far"


@asynccontextmanager
async def crossed_devices() -> AsyncIterator[dict[str, str]]:
    """Run the sound server; yields the environment a program needs to see NEAR and FAR."""
    folder = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
    socket = folder / "sound.sock"
    sinks = [
        f"module-null-sink sink_name={name} rate=8000 channels=1 format=s16le norewinds=1"
        for name in ("to_line", "from_line")
    ]
    # The socket last: where it answers, everything else is there.
    modules = [*sinks, f"module-native-protocol-unix auth-anonymous=1 socket={socket}"]
    private = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    private |= dict.fromkeys(("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"), "disabled:")
    server = await asyncio.create_subprocess_exec(
        "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit",
        "--realtime=no", "--high-priority=no", "--use-pid-file=no",
        *(argument for module in modules for argument in ("-L", module)),
        env={**os.environ, **private},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(START_S):
            await _answers(socket)
        asound = folder / "asound.conf"
        near = ASOUND.format(name=NEAR, socket=socket, plays="to_line", records="from_line")
        far = ASOUND.format(name=FAR, socket=socket, plays="from_line", records="to_line")
        asound.write_text(near + far.partition("\n")[2])
        yield {"ALSA_CONFIG_PATH": str(asound), **private}
    finally:
        server.terminate()
        await server.wait()
        shutil.rmtree(folder, ignore_errors=True)


async def _answers(socket: Path) -> None:
    """Wait until the server takes connections."""
    while True:
        try:
            _, writer = await asyncio.open_unix_connection(str(socket))
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return

"""The box's own certificate for SIP over TLS, made once when the office gave none."""

import subprocess
from pathlib import Path
from typing import Final

from drivers.sip.edge.place import Certificate

YEARS: Final = 10
PATIENCE_S: Final = 30.0


def own_certificate(folder: Path, domain: str) -> Certificate:
    """Return the certificate in `folder`, made now if there is none.

    Phones that check it must be given it; there is no authority behind it. Raises
    OSError without the program openssl.
    """
    own = Certificate(chain=folder / "edge.pem", key=folder / "edge.key")
    if own.chain.exists() and own.key.exists():
        return own
    # fmt: off
    command = (
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
        "-nodes", "-days", str(YEARS * 365), "-subj", f"/CN={domain}",
        "-addext", f"subjectAltName=DNS:{domain}", "-keyout", str(own.key), "-out", str(own.chain),
    )
    # fmt: on
    made = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    if made.returncode != 0:
        raise OSError(made.stderr.strip().splitlines()[-1:])
    own.key.chmod(0o600)
    return own


def tls_profiles(certificate: Certificate) -> str:
    """Return Kamailio's tls.cfg.

    A provider is not asked for a certificate we could check: calls to it are
    encrypted, that it is the right one is shown by the digest alone.
    """
    return "\n".join(
        [
            "[server:default]",
            "method = TLSv1.2+",
            "verify_certificate = no",
            "require_certificate = no",
            f"certificate = {certificate.chain}",
            f"private_key = {certificate.key}",
            "[client:default]",
            "method = TLSv1.2+",
            "verify_certificate = no",
            "require_certificate = no",
            "",
        ]
    )

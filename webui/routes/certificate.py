"""The page's certificate: what browsers see, the box's own authority, and the owner's instead."""

from typing import Annotated, Final

from anyio import from_thread
from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, Field

from firmware.contract.texts import Text
from webui.deps import OWNER_ONLY, PROVED, DeskDep, SessionDep
from webui.https import Shown, now_utc

router = APIRouter(prefix="/certificate", tags=["certificate"], dependencies=[OWNER_ONLY])
open_router = APIRouter(include_in_schema=False)

SECURITY_TXT_EXPIRES: Final = "2027-11-01T00:00:00Z"
"""At most a year ahead (RFC 9116 2.5.5): a new date with every release."""

Pem = Annotated[str, Field(max_length=64 * 1024)]


class CertificateView(BaseModel):
    shown: Shown | None
    """None while the page is served without HTTPS."""
    authority: str
    """SHA-256 of the box's own authority, as browsers show it."""


class OwnCertificate(BaseModel):
    certificate: Pem
    """PEM, the box's first and then its chain."""
    key: Pem


@open_router.get("/tipring-ca.crt")
def read_authority(desk: DeskDep) -> Response:
    """For the list of trusted authorities of phones and computers; it holds no secret."""
    pem = desk.https.authority(now_utc()).certificate_pem()
    headers = {"Content-Disposition": 'attachment; filename="tipring-ca.crt"'}
    return Response(pem, media_type="application/x-x509-ca-cert", headers=headers)


@open_router.get("/.well-known/security.txt")
def read_security_txt() -> Response:
    """Where to tell of a weakness (RFC 9116)."""
    lines = (
        "Contact: mailto:security@tipring.example",
        f"Expires: {SECURITY_TXT_EXPIRES}",
        "Preferred-Languages: en, pt, ro, pl, ru, es",
    )
    return PlainTextResponse("\n".join(lines) + "\n")


@router.get("")
def read_certificate(desk: DeskDep) -> CertificateView:
    now = now_utc()
    return CertificateView(shown=desk.https.shown(now), authority=desk.https.fingerprint(now))


@router.put("", status_code=204, dependencies=[PROVED])
def use_own(own: OwnCertificate, desk: DeskDep, session: SessionDep) -> None:
    """From the next connection on, for three minutes unless it is kept; one that does not fit
    its key or is too old is refused."""
    desk.https.use_own(own.certificate, own.key, now_utc())
    from_thread.run(desk.note, session.user.name, Text(code="web.audit-certificate-own"))


@router.delete("", status_code=204, dependencies=[PROVED])
def drop_own(desk: DeskDep, session: SessionDep) -> None:
    """Back to the certificate that the box makes itself, for three minutes unless it is kept."""
    desk.https.drop_own(now_utc())
    from_thread.run(desk.note, session.user.name, Text(code="web.audit-certificate-box"))


@router.post("/keep", status_code=204)
def keep(desk: DeskDep, session: SessionDep) -> None:
    """Whoever can ask this has reached the page with the new certificate: it stays."""
    desk.https.keep()
    from_thread.run(desk.note, session.user.name, Text(code="web.audit-certificate-kept"))

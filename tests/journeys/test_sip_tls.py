"""A phone may speak SIP over TLS: the box's own certificate, at the port above the plain one."""

import socket
import ssl

from tests.practice_box import PracticeBox

OPTIONS = (
    "OPTIONS sip:box@127.0.0.1 SIP/2.0\r\n"
    "Via: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bKtlsprobe\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:probe@127.0.0.1>;tag=1\r\nTo: <sip:box@127.0.0.1>\r\n"
    "Call-ID: tls-probe\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)


def test_the_edge_answers_over_tls(box: PracticeBox) -> None:
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", box.sip_port + 1), 10) as plain,
        anybody.wrap_socket(plain) as secured,
    ):
        version = secured.version()
        secured.sendall(OPTIONS.encode())
        answer = secured.recv(4096).decode()

    assert version in {"TLSv1.2", "TLSv1.3"}
    assert answer.startswith("SIP/2.0 200")

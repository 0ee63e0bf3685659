"""A child of the SIP card that does nothing itself: a test reads its orders and speaks for it.

`stand_in.py NAME SOCKET LINK_FD`: joins the inherited link to the test's socket.
"""

import os
import selectors
import socket
import sys


def main() -> None:
    name, path, link_fd = sys.argv[1:]
    test = socket.socket(socket.AF_UNIX)
    test.connect(path)
    test.sendall(f"{name} {os.getpid()}\n".encode())
    link = socket.socket(fileno=int(link_fd))
    other = {link: test, test: link}
    ready = selectors.DefaultSelector()
    for end in other:
        ready.register(end, selectors.EVENT_READ)
    while True:
        for key, _ in ready.select():
            one = key.fileobj
            assert isinstance(one, socket.socket)
            try:
                data = one.recv(65_536)
            except ConnectionResetError:
                data = b""
            if not data:
                return
            other[one].sendall(data)


main()

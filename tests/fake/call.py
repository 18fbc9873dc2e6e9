#!/usr/bin/env python3
"""One call to an engine's socket: call.py SOCKET METHOD PATH [JSON].

Prints the answer's body; exits 1 when its status is no success.
"""

from __future__ import annotations

import http.client
import socket
import sys


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("engine")
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def call(path: str, method: str, target: str, body: str | None = None) -> tuple[int, str]:
    connection = UnixConnection(path)
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(method, target, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, text


def main() -> int:
    status, text = call(*sys.argv[1:5])
    print(text, end="" if text.endswith("\n") else "\n")
    return 0 if status < 400 else 1


if __name__ == "__main__":
    sys.exit(main())

"""Faults: which request meets which, and what happens to it then.

    --fault 7=eof                                   request number 7, from 1
    --fault-match 'POST /containers/*/start=500:2'  the first two such requests
    --fault-match 'GET /events=stall:3'             every such request, 3 seconds

Before anything is executed: 404 409 500 503 (a Docker-like body), eof, garbage,
huge (an endless body), renegotiate (another API version), kill-before, stall:S.
After it was executed: eof-after, half, badjson, slow-body, kill-after.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fnmatch
import os
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from http1 import Drop, Exchange, Request, Sink, closed, head_bytes

STATUSES = {"400", "403", "404", "409", "500", "503"}
KINDS = STATUSES | {
    "eof", "eof-after", "half", "garbage", "badjson", "stall", "kill-before",
    "kill-after", "slow-body", "huge", "renegotiate",
}  # fmt: skip
MESSAGES = {
    400: "bad parameter",
    403: "forbidden by a fault",
    404: "No such thing: made up by a fault",
    409: "Conflict. Made up by a fault",
    500: "something went wrong inside, says a fault",
    503: "This node is not a swarm manager, says a fault",
}


@dataclass
class Fault:
    kind: str
    seconds: float = 0.0  # with stall
    number: int = 0  # of the request; 0: by pattern
    pattern: str = ""  # "POST /containers/*/start"
    times: int = -1  # how often it still strikes; -1: always

    def strikes(self, number: int, request: Request) -> bool:
        if not self.times:
            return False
        if self.number:
            return number == self.number
        return fnmatch.fnmatchcase(f"{request.method} {request.path}", self.pattern)


def parse_fault(text: str, by_number: bool) -> Fault:
    """'7=eof', 'GET /info=stall:3', 'POST /x=500:2'."""
    where, equals, what = text.rpartition("=")
    kind, *values = what.split(":")
    if not equals or kind not in KINDS:
        raise ValueError(f"no fault: {text}")
    fault = Fault(kind)
    if kind == "stall":
        fault.seconds = float(values.pop(0))
    if values:
        fault.times = int(values.pop(0))
    if by_number:
        fault.number = int(where)
    else:
        fault.pattern = where
    return fault


class Faults:
    """All faults of one run, and the process that kills are aimed at."""

    def __init__(self, faults: list[Fault], victim: str | None, api: str) -> None:
        self.faults = faults
        self.victim = victim  # a file with the pid
        self.api = api  # what renegotiate asks for
        self.struck = 0

    def find(self, number: int, request: Request) -> Fault | None:
        for fault in self.faults:
            if fault.strikes(number, request):
                fault.times -= fault.times > 0
                self.struck += 1
                return fault
        return None

    def kill(self) -> None:
        """SIGKILL, and not a step further until the victim has really gone."""
        if self.victim:
            with contextlib.suppress(OSError, ValueError):
                os.kill(int(Path(self.victim).read_text()), signal.SIGKILL)

    async def before(self, fault: Fault, exchange: Exchange) -> None:
        """What strikes before anything is executed; returns if it shall be executed."""
        sink = exchange.sink
        if fault.kind in STATUSES:
            status = int(fault.kind)
            await exchange.json({"message": MESSAGES[status]}, status)
            raise Answered
        if fault.kind == "eof":
            raise Drop
        if fault.kind == "garbage":
            await sink.write(b"\x15\x03\x01\x00\x02\x02\x16SSH-2.0-nonsense\r\n\r\n\x1b[31m\0")
            raise Drop
        if fault.kind == "huge":
            await send_endlessly(exchange)
        if fault.kind == "renegotiate":
            exchange.extra["Api-Version"] = self.api
            text = f"client version is too new. Maximum supported API version is {self.api}"
            await exchange.json({"message": text}, 400)
            raise Answered
        if fault.kind == "kill-before":
            self.kill()
            await closed(exchange.reader)
            raise Drop
        if fault.kind == "stall":
            await asyncio.sleep(fault.seconds)

    def sink(self, fault: Fault, plain: Sink) -> Sink:
        """The sink that spoils the answer of an executed request."""
        if fault.kind == "eof-after":
            return DropSink(plain, lambda: None)
        if fault.kind == "kill-after":
            return DropSink(plain, self.kill)
        wrappers = {"half": HalfSink, "badjson": BadJsonSink, "slow-body": SlowSink}
        wrapper = wrappers.get(fault.kind)
        return wrapper(plain) if wrapper else plain


class Answered(Exception):
    """The fault has answered; the connection lives on."""


async def send_endlessly(exchange: Exchange) -> None:
    await exchange.open_chunked("application/json")
    await exchange.chunk(b'{"message":"')
    while True:
        await exchange.chunk(b"x" * 65536)


class Spoiled(Sink):
    def __init__(self, plain: Sink) -> None:
        super().__init__(plain.writer)
        self.on_status = plain.on_status


class DropSink(Spoiled):
    """Closes in place of the first byte of the answer: it was executed by then."""

    def __init__(self, plain: Sink, first: Callable[[], None]) -> None:
        super().__init__(plain)
        self.first = first

    async def head(self, data: bytes) -> None:
        self.told(0)
        self.first()
        raise Drop


class HalfSink(Spoiled):
    """The head, and half of what should follow."""

    left = -1  # bytes of the body still passed; -1: half of the first piece

    async def head(self, data: bytes) -> None:
        length = re.search(rb"(?i)content-length: (\d+)", data)
        if length and int(length[1]) > 1:
            self.left = int(length[1]) // 2
        await super().head(data)

    async def body(self, data: bytes) -> None:
        room = self.left if self.left >= 0 else len(data) // 2
        await self.write(data[:room])
        self.left = room - len(data[:room])
        if not self.left:
            raise Drop

    async def end(self) -> None:
        raise Drop


class BadJsonSink(Spoiled):
    async def head(self, data: bytes) -> None:
        status = int(data.split(b" ", 2)[1])
        body = b'{"Id": ["\xff\xfe\x1b[2J", {"message": 7, "Id":\n'
        self.told(status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        await self.write(head_bytes(status, headers) + body)
        raise Drop


class SlowSink(Spoiled):
    """One byte at a time, until it gets boring."""

    patience = 40

    async def body(self, data: bytes) -> None:
        while data and self.patience:
            await self.write(data[:1])
            data = data[1:]
            self.patience -= 1
            await asyncio.sleep(0.01)
        await self.write(data)


def add_fault_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--fault", action="append", default=[], metavar="N=KIND")
    add("--fault-match", action="append", default=[], metavar="PATTERN=KIND[:TIMES]")
    add("--victim-pid-file", metavar="FILE", help="whom kill-before and kill-after kill")
    add("--renegotiate-to", default="1.43", metavar="VERSION")


def faults_from(numbered: list[str], matched: list[str], victim: str | None, api: str) -> Faults:
    faults = [parse_fault(text, True) for text in numbered]
    faults += [parse_fault(text, False) for text in matched]
    return Faults(faults, victim, api)

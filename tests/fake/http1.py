"""HTTP/1.1 on asyncio streams: requests in, answers out through a sink.

A sink stands between whoever answers and the connection, so that faults can
spoil an answer on its way (see faults.py).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

MAX_HEAD = 64 * 1024
PIECE = 64 * 1024


class Drop(Exception):
    """Close this connection now."""


@dataclass
class Request:
    method: str
    target: str  # as sent
    headers: dict[str, str]  # names in lower case
    raw_head: bytes
    path: str = ""  # without the version prefix
    api: tuple[int, int] | None = None  # of that prefix
    query: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __post_init__(self) -> None:
        split = urlsplit(self.target)
        match = re.match(r"/v(\d+)\.(\d+)(/.*)", split.path)
        if match:
            self.api = (int(match[1]), int(match[2]))
        self.path = match[3] if match else split.path
        self.query = dict(parse_qsl(split.query, keep_blank_values=True))

    @property
    def changing(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def upgrades(self) -> bool:
        return "upgrade" in self.headers.get("connection", "").lower()

    @property
    def parts(self) -> list[str]:
        return [unquote(part) for part in self.path.strip("/").split("/")]

    def json(self) -> Any:
        return json.loads(self.body) if self.body else {}

    def flag(self, name: str) -> bool:
        return self.query.get(name, "") in ("1", "true", "True")


def parse_headers(head: bytes) -> tuple[str, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return first, headers


async def read_head(reader: asyncio.StreamReader) -> bytes | None:
    """The head with its empty line, or None at the end of the stream."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        return None


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    head = await read_head(reader)
    if head is None:
        return None
    first, headers = parse_headers(head)
    words = first.split(" ")
    if len(words) != 3:
        return None
    return Request(words[0], words[1], headers, head)


async def body_pieces(
    reader: asyncio.StreamReader, headers: dict[str, str], raw: bool
) -> AsyncIterator[bytes]:
    """A body of known framing; raw: with the chunk framing left on."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        while True:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            data = await reader.readexactly(size + 2)
            yield line + data if raw else data[:-2]
            if not size:
                return
    left = int(headers.get("content-length", "0"))
    while left:
        data = await reader.read(min(left, PIECE))
        if not data:
            raise Drop
        left -= len(data)
        yield data


def head_bytes(status: int, headers: dict[str, str]) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class Sink:
    """Passes an answer on. on_status is told once, when the head goes out."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.status = 0
        self.on_status: Callable[[int], None] = lambda status: None

    def told(self, status: int) -> None:
        if not self.status:
            self.status = status
            self.on_status(status)

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, data: bytes) -> None:
        status = int(data.split(b" ", 2)[1])
        if status >= 101:
            self.told(status)
        await self.write(data)

    async def body(self, data: bytes) -> None:
        await self.write(data)

    async def end(self) -> None:
        """The answer is complete."""


@dataclass
class Exchange:
    """One request and the way to answer it."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sink: Sink
    extra: dict[str, str] = field(default_factory=dict)  # headers of every answer

    async def read_body(self) -> None:
        if self.request.headers.get("expect", "").lower() == "100-continue":
            self.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        pieces = [p async for p in body_pieces(self.reader, self.request.headers, False)]
        self.request.body = b"".join(pieces)

    async def answer(
        self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        fields = self.extra | (headers or {})
        if status not in (204, 304):
            fields |= {"Content-Type": kind, "Content-Length": str(len(body))}
        await self.sink.head(head_bytes(status, fields))
        if body and self.request.method != "HEAD" and status not in (204, 304):
            await self.sink.body(body)
        await self.sink.end()

    async def json(self, value: Any, status: int = 200) -> None:
        await self.answer(status, json.dumps(value).encode() + b"\n", "application/json")

    async def open_chunked(self, kind: str) -> None:
        headers = self.extra | {"Content-Type": kind, "Transfer-Encoding": "chunked"}
        await self.sink.head(head_bytes(200, headers))

    async def chunk(self, data: bytes) -> None:
        await self.sink.body(b"%x\r\n%s\r\n" % (len(data), data))

    async def end_chunked(self) -> None:
        await self.sink.body(b"0\r\n\r\n")
        await self.sink.end()

    async def open_hijacked(self, multiplexed: bool) -> None:
        """As the engine does for attach and exec: bytes until either side closes."""
        kind = "multiplexed-stream" if multiplexed else "raw-stream"
        headers = self.extra | {"Content-Type": f"application/vnd.docker.{kind}"}
        if self.request.upgrades:
            headers |= {"Connection": "Upgrade", "Upgrade": "tcp"}
        await self.sink.head(head_bytes(101 if self.request.upgrades else 200, headers))


Handler = Callable[[Exchange], Awaitable[None]]


async def serve_connection(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler
) -> None:
    """Requests of one connection, one after another, until it is dropped."""
    try:
        while request := await read_request(reader):
            await handler(Exchange(request, reader, writer, Sink(writer)))
    except (Drop, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        pass  # cancelled: the whole server ends
    finally:
        writer.close()


async def until_gone(exchange: Exchange, work: Coroutine[Any, Any, None]) -> None:
    """Does the work of a stream, and ends it when its reader leaves."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(closed(exchange.reader))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Drop
        await task
    finally:
        task.cancel()
        gone.cancel()
        # only then may another reader wait for the next request
        await asyncio.gather(task, gone, return_exceptions=True)


async def closed(reader: asyncio.StreamReader) -> None:
    """Returns when the other side has gone."""
    while await reader.read(PIECE):
        pass

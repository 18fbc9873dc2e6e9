#!/usr/bin/env python3
"""Faults in front of a real engine: every byte passes, unless a fault says no.

    proxy.py --upstream /var/run/docker.sock --socket /tmp/p.sock --fault 7=eof
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import AsyncIterator

from faults import Answered, Faults, add_fault_options, faults_from
from http1 import (
    PIECE,
    Drop,
    Exchange,
    Handler,
    body_pieces,
    parse_headers,
    read_head,
    serve_connection,
)
from journal import Journal


class Upstream:
    """The engine's side of one client connection, opened when first needed."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, exchange: Exchange) -> asyncio.StreamReader:
        if not self.reader or self.reader.at_eof():
            self.reader, self.writer = await asyncio.open_unix_connection(self.path)
        assert self.writer
        self.writer.write(exchange.request.raw_head)
        return self.reader

    async def pump(self, exchange: Exchange) -> None:
        """The request's body; all there is to come where the protocol changes."""
        assert self.writer
        pieces = (
            read_all(exchange.reader)
            if exchange.request.upgrades
            else body_pieces(exchange.reader, exchange.request.headers, True)
        )
        async for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
        if exchange.request.upgrades:
            self.writer.write_eof()

    def close(self) -> None:
        if self.writer:
            self.writer.close()


async def read_all(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while data := await reader.read(PIECE):
        yield data


async def relay(exchange: Exchange, upstream: Upstream) -> None:
    """One request there, one answer back."""
    reader = await upstream.send(exchange)
    pump = asyncio.create_task(upstream.pump(exchange))
    try:
        await relay_answer(exchange, reader)
        # an early answer leaves a body half sent: what follows it cannot be told apart
        if not pump.done() or pump.exception():
            raise Drop
    finally:
        pump.cancel()


async def relay_answer(exchange: Exchange, reader: asyncio.StreamReader) -> None:
    status = 100
    while status == 100:
        head = await read_head(reader)
        if head is None:
            raise Drop
        first, headers = parse_headers(head)
        status = int(first.split(" ")[1])
        await exchange.sink.head(head)
    if exchange.request.method == "HEAD" or status in (204, 304):
        await exchange.sink.end()
        return
    framed = "content-length" in headers or "transfer-encoding" in headers
    pieces = body_pieces(reader, headers, True) if framed else read_all(reader)
    async for piece in pieces:
        await exchange.sink.body(piece)
    await exchange.sink.end()
    if not framed or headers.get("connection", "").lower() == "close":
        raise Drop


class Proxy:
    def __init__(self, upstream: str, faults: Faults, journal: Journal) -> None:
        self.upstream, self.faults, self.journal = upstream, faults, journal

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = Upstream(self.upstream)
        try:
            await serve_connection(reader, writer, self.handler(upstream))
        finally:
            upstream.close()

    def handler(self, upstream: Upstream) -> Handler:
        async def handle(exchange: Exchange) -> None:
            request = exchange.request
            number = self.journal.arrived(request)
            fault = self.faults.find(number, request)
            told: list[int] = []

            def on_status(status: int) -> None:
                told.append(status)
                self.journal.answered(number, request, status, fault.kind if fault else None)

            exchange.sink.on_status = on_status
            try:
                if fault:
                    await self.faults.before(fault, exchange)
                    exchange.sink = self.faults.sink(fault, exchange.sink)
                await relay(exchange, upstream)
            except Answered:
                # the unread body would be taken for the next request
                if request.headers.get("content-length", "0") != "0":
                    raise Drop from None
            except Drop:
                if not told:
                    on_status(0)
                raise

        return handle


async def serve(proxy: Proxy, path: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = await asyncio.start_unix_server(proxy.serve, path, backlog=512)
    await stop.wait()
    server.close()
    os.unlink(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="faults in front of an engine's socket")
    parser.add_argument("--upstream", required=True, metavar="SOCKET")
    parser.add_argument("--socket", required=True)
    parser.add_argument("--log", metavar="FILE", help="all requests, one JSON object a line")
    add_fault_options(parser)
    args = parser.parse_args()
    faults = faults_from(args.fault, args.fault_match, args.victim_pid_file, args.renegotiate_to)
    asyncio.run(serve(Proxy(args.upstream, faults, Journal(args.log)), args.socket))


if __name__ == "__main__":
    main()

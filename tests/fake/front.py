"""What listens at the published port of a running proxy container: the stack,
as far as its proof looks at it. HTTP from the core, DDP from ddp-streamer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import websocket
from http1 import Exchange, Request, closed, head_bytes, serve_connection

UNAVAILABLE = {"Retry-After": "1"}


class Front:
    def __init__(self, is_ready: Callable[[str], bool]) -> None:
        self.is_ready = is_ready  # does some replica of that service answer?
        self.servers: list[asyncio.Server] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def listen(self, host: str, port: int) -> None:
        self.servers.append(await asyncio.start_server(self.serve, host, port))

    def close(self) -> None:
        for server in self.servers:
            server.close()
        for task in self.tasks:
            task.cancel()
        self.servers.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.tasks.add(task)
        try:
            await serve_connection(reader, writer, self.handle)
        except asyncio.CancelledError:
            writer.close()
        finally:
            self.tasks.discard(task)

    async def handle(self, exchange: Exchange) -> None:
        path = exchange.request.path
        if path.startswith(("/websocket", "/sockjs")):
            await self.streamer(exchange, path)
        elif not self.is_ready("rocketchat"):
            await exchange.answer(503, b"starting\n", "text/plain", UNAVAILABLE)
        elif path == "/api/info":
            await exchange.json({"version": "8.6", "success": True})
        else:
            await exchange.answer(200, b"<title>Rocket.Chat</title>\n", "text/html")

    async def streamer(self, exchange: Exchange, path: str) -> None:
        key = exchange.request.headers.get("sec-websocket-key")
        if not self.is_ready("ddp-streamer"):
            await exchange.answer(502, b"no ddp-streamer\n", "text/plain")
        elif not key or not speaks_websocket(exchange.request):
            await exchange.answer(400, b"not a websocket\n", "text/plain")
        else:
            await exchange.sink.head(
                head_bytes(
                    101,
                    {
                        "Upgrade": "websocket",
                        "Connection": "Upgrade",
                        "Sec-WebSocket-Accept": websocket.accept_key(key),
                    },
                )
            )
            await talk_ddp(exchange, sockjs=path != "/websocket")


def speaks_websocket(request: Request) -> bool:
    upgrade = request.headers.get("upgrade", "").lower() == "websocket"
    return upgrade and request.upgrades and request.headers.get("sec-websocket-version") == "13"


async def talk_ddp(exchange: Exchange, sockjs: bool) -> None:
    async def send(*messages: Any) -> None:
        texts = [json.dumps(message) for message in messages]
        for text in ["a" + json.dumps(texts)] if sockjs else texts:
            await exchange.sink.write(websocket.frame(websocket.TEXT, text.encode()))

    if sockjs:
        await exchange.sink.write(websocket.frame(websocket.TEXT, b"o"))
    while True:
        opcode, payload = await websocket.read_frame(exchange.reader)
        if opcode == websocket.CLOSE:
            await exchange.sink.write(websocket.frame(websocket.CLOSE, payload))
            exchange.writer.write_eof()
            await closed(exchange.reader)
            raise ConnectionError
        if opcode == websocket.PING:
            await exchange.sink.write(websocket.frame(websocket.PONG, payload))
        if opcode != websocket.TEXT:
            continue
        value = json.loads(payload)
        for message in [json.loads(one) for one in value] if sockjs else [value]:
            if message.get("msg") == "connect" and message.get("version") == "1":
                await send({"server_id": "0"}, {"msg": "connected", "session": "s1"})
            else:
                await send({"msg": "failed", "version": "1"})

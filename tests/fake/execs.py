"""Commands inside containers, as far as liftoff and its tests run any."""

from __future__ import annotations

import asyncio
import re
import struct

from containers import Containers
from http1 import PIECE, Exchange
from model import Container, EngineError, Exec, Json
from store import Store


class Execs:
    def __init__(self, store: Store, containers: Containers) -> None:
        self.store, self.containers = store, containers

    def create(self, container: Container, config: Json) -> Exec:
        if not container.running:
            raise EngineError(409, f"Container {container.id} is not running", 500)
        one = Exec(container, config)
        self.store.execs[one.id] = one
        return one

    def find(self, ident: str) -> Exec:
        if ident not in self.store.execs:
            raise EngineError(404, f"No such exec instance: {ident}")
        return self.store.execs[ident]

    async def start(self, one: Exec, exchange: Exchange) -> None:
        """Answers with the command's output until it ends."""
        if not one.container.running:
            raise EngineError(409, f"container {one.container.id} is not running", 500)
        one.running = True
        tty = bool(exchange.request.json().get("Tty"))
        try:
            await exchange.open_hijacked(self.store.settings.api >= (1, 42) and not tty)
            code = await self.run(one, Output(exchange, tty))
        finally:
            one.running = False
        one.exit_code = code if one.container.running else 137
        await exchange.sink.end()

    async def run(self, one: Exec, out: Output) -> int:
        argv = one.config.get("Cmd") or []
        text = " ".join(argv)
        container = one.container
        while self.containers.behaviour(container).kind == "hang" and container.running:
            await asyncio.sleep(0.02)
        if "replSetInitiate" in text:
            return await self.replica_set(container, text, out)
        if "http://127.0.0.1" in text:
            return await self.ask_health(container, out)
        return await run_plain(argv, out)

    async def ask_health(self, container: Container, out: Output) -> int:
        await asyncio.sleep(0.005)
        if self.containers.is_ready(container):
            return 0
        await out.write(2, "wget: can't connect to remote host: Connection refused\n")
        return 1

    async def replica_set(self, container: Container, text: str, out: Output) -> int:
        match = re.search(r"setName='([^']*)', member='([^']*)'", text)
        name, member = (match[1], match[2]) if match else ("rs0", "?")
        volumes = [self.store.volumes[v] for v in container.volumes if v in self.store.volumes]
        while not self.containers.is_ready(container):
            if not container.running:
                return 137
            await asyncio.sleep(0.02)
        wanted = f"{name} {member}"
        for volume in volumes:
            if not volume.replica_set:
                await out.write(1, f"liftoff: initiated replica set {name} with member {member}\n")
            elif volume.replica_set != wanted:
                await out.write(1, f"liftoff: repaired replica set {name}\n")
            volume.replica_set = wanted
        await out.write(1, "liftoff: primary\n")
        return 0


class Output:
    """Frames of stdout and stderr, or raw bytes on a terminal."""

    def __init__(self, exchange: Exchange, tty: bool) -> None:
        self.exchange, self.tty = exchange, tty

    async def write(self, fd: int, text: str) -> None:
        data = text.encode()
        if self.tty:
            data = data.replace(b"\n", b"\r\n")
        else:
            data = struct.pack("!BxxxI", fd, len(data)) + data
        await self.exchange.sink.body(data)

    async def read(self) -> str:
        return (await self.exchange.reader.read(PIECE)).decode(errors="replace")


async def run_plain(argv: list[str], out: Output) -> int:
    """echo, err, cat, true, false, sleep, and `sh -c 'exit N'`."""
    name = argv[0] if argv else ""
    if name == "echo":
        await out.write(1, " ".join(argv[1:]) + "\n")
    elif name == "err":
        await out.write(2, " ".join(argv[1:]) + "\n")
    elif name == "cat":
        while text := await out.read():
            await out.write(1, text)
    elif name == "sleep":
        await asyncio.sleep(float(argv[1]))
    elif name == "sh" and (match := re.fullmatch(r"exit (\d+)", argv[-1])):
        return int(match[1])
    elif name == "false":
        return 1
    elif name not in ("true", "sh"):
        failed = "OCI runtime exec failed: exec failed: unable to start container process"
        text = f'{failed}: exec: "{name}": executable file not found in $PATH: unknown'
        await out.write(1, text + "\r\n")
        return 126
    return 0

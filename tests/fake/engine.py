#!/usr/bin/env python3
"""A stateful fake Docker Engine on a unix socket, with faults on demand.

    engine.py --socket /tmp/e.sock --images-from images.txt --log calls.jsonl

Beside the engine's own calls it answers, unseen by log and faults:
    GET  /_fake/state    everything it has, as JSON
    POST /_fake/reset    forget all, begin anew with other faults (the body's
                         "fault", "fault_match", "behave": lists as by option)
    POST /_fake/faults   other faults, and request numbers from 1 again
    POST /_fake/calls    {"count": N, "changing": N}, and begin to count anew
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import os
import signal
from pathlib import Path

from api import Api
from behaviour import parse_behaviour
from faults import Answered, Faults, add_fault_options, faults_from
from http1 import Drop, Exchange, serve_connection
from journal import Journal
from model import Json
from store import Registry, Settings, Store


class Engine:
    def __init__(self, settings: Settings, faults: Faults, journal: Journal) -> None:
        self.settings, self.faults, self.journal = settings, faults, journal
        self.first_behaviours = copy.copy(settings.behaviours)
        self.api = Api(Store(settings))

    async def handle(self, exchange: Exchange) -> None:
        request = exchange.request
        await exchange.read_body()
        if request.path.startswith("/_fake/"):
            await self.control(exchange)
            return
        number = self.journal.arrived(request)
        fault = self.faults.find(number, request)
        told: list[int] = []

        def on_status(status: int) -> None:
            told.append(status)
            self.journal.answered(number, request, status, fault.kind if fault else None)

        exchange.sink.on_status = on_status
        version = "%d.%d" % self.settings.api
        exchange.extra = {"Api-Version": version, "Ostype": "linux", "Server": "Docker/fake"}
        try:
            if fault:
                await self.faults.before(fault, exchange)
                exchange.sink = self.faults.sink(fault, exchange.sink)
            await self.api.handle(exchange)
        except Answered:
            pass
        except Drop:
            if not told:
                on_status(0)
            raise

    async def control(self, exchange: Exchange) -> None:
        request = exchange.request
        body: Json = request.json()
        answer: Json = {}
        if request.path == "/_fake/state":
            answer = self.state()
        elif request.path == "/_fake/calls":
            answer = {"count": self.journal.count, "changing": self.journal.changing}
            self.journal.count = self.journal.changing = 0
        elif request.path in ("/_fake/reset", "/_fake/faults"):
            answer = {"struck": self.faults.struck}
            self.faults = faults_from(
                body.get("fault", []),
                body.get("fault_match", []),
                self.faults.victim,
                self.faults.api,
            )
            self.journal.count = self.journal.changing = 0
            if request.path == "/_fake/reset":
                self.reset(body)
        await exchange.json(answer)

    def reset(self, body: Json) -> None:
        self.api.containers.close()
        self.journal.reset()
        self.settings.behaviours = self.first_behaviours | dict(
            parse_behaviour(text) for text in body.get("behave", [])
        )
        self.api = Api(Store(self.settings))

    def state(self) -> Json:
        store = self.api.store
        return {
            "containers": [
                c.view() | {"files": c.files, "starts": c.starts} for c in store.containers
            ],
            "networks": [store.network_view(n, True) for n in store.networks],
            "volumes": [v.view() | {"replica_set": v.replica_set} for v in store.volumes.values()],
            "images": [tag for image in store.images for tag in image.tags],
            "execs": [one.config.get("Cmd") for one in store.execs.values()],
            "calls": {"count": self.journal.count, "changing": self.journal.changing},
        }


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="a fake Docker Engine")
    add = parser.add_argument
    add("--socket", required=True)
    add("--api", default="1.41", help="newest API version it speaks")
    add("--min-api", default="1.12")
    add("--podman", action="store_true", help="podman's codes for some errors")
    add("--image", action="append", default=[], metavar="NAME")
    add("--images-from", metavar="FILE", help="one name a line")
    add("--behave", action="append", default=[], metavar="SERVICE=KIND")
    add("--ready-after", type=float, default=0.0, metavar="SECONDS")
    add("--start-seconds", type=float, default=0.0, help="how long a start takes")
    add("--pull-error", action="append", default=[], metavar="PATTERN=MESSAGE")
    add("--pull-missing", action="append", default=[], metavar="PATTERN")
    add("--pull-seconds", type=float, default=0.0)
    add("--registry-down", action="store_true")
    add("--log", metavar="FILE", help="all requests, one JSON object a line")
    add_fault_options(parser)
    return parser.parse_args()


def settings_from(args: argparse.Namespace) -> Settings:
    images = list(args.image)
    if args.images_from:
        images += Path(args.images_from).read_text().split()
    errors = [text.partition("=") for text in args.pull_error]
    return Settings(
        api=version(args.api),
        min_api=version(args.min_api),
        podman=args.podman,
        images=images,
        behaviours=dict(parse_behaviour(text) for text in args.behave),
        ready_after=args.ready_after,
        start_seconds=args.start_seconds,
        registry=Registry(
            errors=[(pattern, message) for pattern, _, message in errors],
            missing=args.pull_missing,
            down=args.registry_down,
            seconds=args.pull_seconds,
        ),
    )


def version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)


async def serve(engine: Engine, path: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = await asyncio.start_unix_server(
        lambda reader, writer: serve_connection(reader, writer, engine.handle), path, backlog=512
    )
    await stop.wait()
    server.close()
    os.unlink(path)


def main() -> None:
    args = parse_arguments()
    faults = faults_from(args.fault, args.fault_match, args.victim_pid_file, args.renegotiate_to)
    engine = Engine(settings_from(args), faults, Journal(args.log))
    asyncio.run(serve(engine, args.socket))


if __name__ == "__main__":
    main()

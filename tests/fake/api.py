"""The calls of the Docker Engine's API that liftoff makes, and their answers."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import struct
import time
from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase

from containers import Containers
from execs import Execs
from happenings import Filters, nanoseconds
from http1 import Exchange, until_gone
from journal import tar_files
from model import Container, EngineError, Image, rfc3339
from store import Store

Route = Callable[..., Awaitable[None]]
ROUTES: list[tuple[str, re.Pattern[str], str]] = []


def route(method: str, pattern: str) -> Callable[[Route], Route]:
    """{} is one part of the path, {+} is any number of them."""
    regex = re.escape(pattern).replace(r"\{\}", "([^/]+)").replace(r"\{\+\}", "(.+)")

    def add(function: Route) -> Route:
        ROUTES.append((method, re.compile(regex), function.__name__))
        return function

    return add


def filters_of(exchange: Exchange) -> Filters:
    try:
        given = json.loads(exchange.request.query.get("filters") or "{}")
    except ValueError:
        raise EngineError(400, "invalid filter") from None
    # both {"label": ["a"]} and the older {"label": {"a": true}}
    return {key: list(values) for key, values in given.items()}


class Api:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.settings = store.settings
        self.containers = Containers(store, store.settings)
        self.execs = Execs(store, self.containers)

    async def handle(self, exchange: Exchange) -> None:
        try:
            self.check_version(exchange)
            await self.dispatch(exchange)
        except EngineError as error:
            podman = self.settings.podman
            body = {"message": error.message}
            if podman:
                body |= {"cause": error.message, "response": str(error.podman)}
            await exchange.json(body, error.podman if podman else error.status)

    def check_version(self, exchange: Exchange) -> None:
        asked, settings = exchange.request.api, self.settings
        if asked is None or settings.podman:
            return
        version = "%d.%d" % asked
        if asked > settings.api:
            most = "%d.%d" % settings.api
            text = f"client version {version} is too new. Maximum supported API version is {most}"
            raise EngineError(400, text)
        if asked < settings.min_api:
            least = "%d.%d" % settings.min_api
            text = f"client version {version} is too old. Minimum supported API version is {least}"
            raise EngineError(400, text + ", please upgrade your client to a newer version")

    async def dispatch(self, exchange: Exchange) -> None:
        request = exchange.request
        for method, pattern, name in ROUTES:
            match = pattern.fullmatch(request.path)
            if match and request.method == method:
                answer = getattr(self, name)(exchange, *match.groups())
                assert inspect.isawaitable(answer)
                await answer
                return
        raise EngineError(404, "page not found")

    # the engine itself

    @route("HEAD", "/_ping")
    @route("GET", "/_ping")
    async def ping(self, exchange: Exchange) -> None:
        await exchange.answer(200, b"OK", "text/plain; charset=utf-8")

    @route("GET", "/version")
    async def version(self, exchange: Exchange) -> None:
        await exchange.json(
            {
                "Version": "5.8.6" if self.settings.podman else "20.10.24",
                "ApiVersion": "%d.%d" % self.settings.api,
                "MinAPIVersion": "%d.%d" % self.settings.min_api,
                "Os": "linux",
                "Arch": "amd64",
                "KernelVersion": "6.1.0",
            }
        )

    @route("GET", "/info")
    async def info(self, exchange: Exchange) -> None:
        await exchange.json(
            {
                "ID": "FAKE",
                "Name": "fake",
                "ServerVersion": "20.10.24",
                "NCPU": 2,
                "MemTotal": 8 << 30,
                "OSType": "linux",
                "Architecture": "x86_64",
                "Driver": "overlay2",
                "CgroupVersion": "2",
                "SecurityOptions": ["name=seccomp,profile=default"],
                "Containers": len(self.store.containers),
                "Images": len(self.store.images),
                "DockerRootDir": "/var/lib/docker",
                "Warnings": None,
                "OperatingSystem": "fake",
                "LiveRestoreEnabled": False,
            }
        )

    @route("GET", "/system/df")
    async def disk_usage(self, exchange: Exchange) -> None:
        await exchange.json({"LayersSize": 0, "Images": [], "Containers": [], "Volumes": []})

    @route("GET", "/events")
    async def follow_events(self, exchange: Exchange) -> None:
        query = exchange.request.query
        filters = filters_of(exchange)
        # headers first, as the engine does, before anything is subscribed
        await exchange.open_chunked("application/json")
        since, until = query.get("since", ""), query.get("until", "")

        async def tell() -> None:
            async for event in self.store.events.follow(since, until, filters):
                await exchange.chunk(json.dumps(event).encode() + b"\n")
            await exchange.end_chunked()

        await until_gone(exchange, tell())

    # images

    @route("GET", "/images/json")
    async def list_images(self, exchange: Exchange) -> None:
        await exchange.json(self.store.list_images(filters_of(exchange)))

    @route("POST", "/images/create")
    async def pull(self, exchange: Exchange) -> None:
        query, registry = exchange.request.query, self.settings.registry
        name, tag = query.get("fromImage", ""), query.get("tag", "")
        if tag:
            name += ("@" if tag.startswith("sha256:") else ":") + tag
        if registry.down:
            text = "dial tcp: lookup registry-1.docker.io: no such host"
            raise EngineError(500, f'Get "https://registry-1.docker.io/v2/": {text}')
        if any(fnmatchcase(name, pattern) for pattern in registry.missing):
            raise EngineError(404, f"manifest for {name} not found: manifest unknown")
        await exchange.open_chunked("application/json")

        async def say(**line: object) -> None:
            await exchange.chunk(json.dumps(line).encode() + b"\r\n")

        await say(status=f"Pulling from {name.rsplit(':', 1)[0]}", id=tag or "latest")
        for layer in ("a1b2c3d4e5f6", "0f9e8d7c6b5a"):
            await say(status="Pulling fs layer", progressDetail={}, id=layer)
        for part in range(1, 5):
            await asyncio.sleep(registry.seconds / 4)
            for layer in ("a1b2c3d4e5f6", "0f9e8d7c6b5a"):
                detail = {"current": part * 250000, "total": 1000000}
                await say(status="Downloading", progressDetail=detail, progress="[=>]", id=layer)
        for pattern, text in registry.errors:
            if fnmatchcase(name, pattern):
                await say(errorDetail={"message": text}, error=text)
                await exchange.end_chunked()
                return
        if not self.store.find_image(name):
            self.store.images.append(Image([name]))
        await say(status=f"Status: Downloaded newer image for {name}")
        await exchange.end_chunked()

    @route("GET", "/images/{+}/json")
    async def inspect_image(self, exchange: Exchange, name: str) -> None:
        image = self.store.find_image(name)
        if not image:
            raise EngineError(404, f"No such image: {name}")
        await exchange.json(image.view(self.settings.podman))

    # networks and volumes

    @route("GET", "/networks")
    async def list_networks(self, exchange: Exchange) -> None:
        await exchange.json([n.view() for n in self.store.networks])

    @route("POST", "/networks/create")
    async def create_network(self, exchange: Exchange) -> None:
        network = self.store.create_network(exchange.request.json())
        await exchange.json({"Id": network.id, "Warning": ""}, 201)

    @route("GET", "/networks/{}")
    async def inspect_network(self, exchange: Exchange, name: str) -> None:
        network = self.store.find_network(name)
        await exchange.json(self.store.network_view(network, True))

    @route("DELETE", "/networks/{}")
    async def delete_network(self, exchange: Exchange, name: str) -> None:
        self.store.remove_network(name)
        await exchange.answer(204, b"", "")

    @route("GET", "/volumes")
    async def list_volumes(self, exchange: Exchange) -> None:
        found = self.store.list_volumes(filters_of(exchange))
        await exchange.json({"Volumes": found, "Warnings": None})

    @route("POST", "/volumes/create")
    async def create_volume(self, exchange: Exchange) -> None:
        await exchange.json(self.store.create_volume(exchange.request.json()).view(), 201)

    @route("GET", "/volumes/{}")
    async def inspect_volume(self, exchange: Exchange, name: str) -> None:
        await exchange.json(self.store.find_volume(name).view())

    @route("DELETE", "/volumes/{}")
    async def delete_volume(self, exchange: Exchange, name: str) -> None:
        self.store.remove_volume(name)
        await exchange.answer(204, b"", "")

    # containers

    @route("GET", "/containers/json")
    async def list_containers(self, exchange: Exchange) -> None:
        found = self.containers.list(exchange.request.flag("all"), filters_of(exchange))
        await exchange.json(found)

    @route("POST", "/containers/create")
    async def create_container(self, exchange: Exchange) -> None:
        name = exchange.request.query.get("name") or f"nameless-{time.time_ns()}"
        try:
            config = exchange.request.json()
        except ValueError as error:
            raise EngineError(500, str(error)) from None
        container = self.containers.create(name.lstrip("/"), config)
        await exchange.json({"Id": container.id, "Warnings": []}, 201)

    @route("GET", "/containers/{}/json")
    async def inspect_container(self, exchange: Exchange, name: str) -> None:
        await exchange.json(self.containers.find(name).view())

    @route("POST", "/containers/{}/start")
    async def start_container(self, exchange: Exchange, name: str) -> None:
        container = self.containers.find(name)
        await asyncio.sleep(self.settings.start_seconds)
        done = await self.containers.start(container)
        await exchange.answer(204 if done else 304, b"", "")

    @route("POST", "/containers/{}/stop")
    async def stop_container(self, exchange: Exchange, name: str) -> None:
        seconds = exchange.request.query.get("t")
        container = self.containers.find(name)
        done = await self.containers.stop(container, int(seconds) if seconds else None)
        await exchange.answer(204 if done else 304, b"", "")

    @route("POST", "/containers/{}/restart")
    async def restart_container(self, exchange: Exchange, name: str) -> None:
        container = self.containers.find(name)
        await self.containers.stop(container, int(exchange.request.query.get("t") or 10))
        await self.containers.start(container)
        await exchange.answer(204, b"", "")

    @route("POST", "/containers/{}/kill")
    async def kill_container(self, exchange: Exchange, name: str) -> None:
        signal = exchange.request.query.get("signal", "SIGKILL")
        self.containers.kill(self.containers.find(name), signal)
        await exchange.answer(204, b"", "")

    @route("POST", "/containers/{}/rename")
    async def rename_container(self, exchange: Exchange, name: str) -> None:
        self.containers.rename(self.containers.find(name), exchange.request.query["name"])
        await exchange.answer(204, b"", "")

    @route("DELETE", "/containers/{}")
    async def delete_container(self, exchange: Exchange, name: str) -> None:
        self.containers.remove(self.containers.find(name), exchange.request.flag("force"))
        await exchange.answer(204, b"", "")

    @route("PUT", "/containers/{}/archive")
    async def put_archive(self, exchange: Exchange, name: str) -> None:
        container = self.containers.find(name)
        path = exchange.request.query.get("path", "").rstrip("/")
        for file, data in tar_files(exchange.request.body):
            container.files[f"{path}/{file}"] = data.decode(errors="replace")
        await exchange.answer(200, b"", "")

    @route("POST", "/containers/{}/resize")
    async def resize_container(self, exchange: Exchange, name: str) -> None:
        self.containers.find(name)
        await exchange.answer(200, b"", "")

    @route("POST", "/containers/{}/wait")
    async def wait_container(self, exchange: Exchange, name: str) -> None:
        container = self.containers.find(name)
        next_exit = exchange.request.query.get("condition") == "next-exit"
        life = container.finished
        await exchange.open_chunked("application/json")

        async def wait() -> None:
            while container.running or (next_exit and container.finished == life):
                await asyncio.sleep(0.01)
            await exchange.chunk(json.dumps({"StatusCode": container.exit_code}).encode())
            await exchange.end_chunked()

        await until_gone(exchange, wait())

    @route("GET", "/containers/{}/logs")
    async def logs(self, exchange: Exchange, name: str) -> None:
        container = self.containers.find(name)
        request = exchange.request
        wanted = {fd for fd, key in ((1, "stdout"), (2, "stderr")) if request.flag(key)}
        if not wanted:
            raise EngineError(400, "Bad parameters: you must choose at least one stream")
        since = request.query.get("since") or "0"
        if not re.fullmatch(r"\d+(\.\d+)?", since):
            raise EngineError(500, f"strconv.ParseInt: parsing {since}: invalid syntax")
        await exchange.open_chunked("application/vnd.docker.raw-stream")
        await until_gone(exchange, self.write_log(exchange, container, wanted, since))

    async def write_log(
        self, exchange: Exchange, container: Container, wanted: set[int], since: str
    ) -> None:
        request = exchange.request
        stamped, tail = request.flag("timestamps"), request.query.get("tail", "all")
        lines = [line for line in container.log if line[0] in wanted]
        lines = [line for line in lines if line[1] * 1e9 >= nanoseconds(since)]
        at = len(container.log)
        for line in lines if tail == "all" else lines[max(len(lines) - int(tail), 0) :]:
            await exchange.chunk(log_frame(line, stamped))
        while request.flag("follow") and container.running:
            for line in container.log[at:]:
                if line[0] in wanted:
                    await exchange.chunk(log_frame(line, stamped))
            at = len(container.log)
            await asyncio.sleep(0.01)
        await exchange.end_chunked()

    # exec

    @route("POST", "/containers/{}/exec")
    async def create_exec(self, exchange: Exchange, name: str) -> None:
        container: Container = self.containers.find(name)
        one = self.execs.create(container, exchange.request.json())
        await exchange.json({"Id": one.id}, 201)

    @route("POST", "/exec/{}/start")
    async def start_exec(self, exchange: Exchange, ident: str) -> None:
        await self.execs.start(self.execs.find(ident), exchange)
        raise ConnectionError  # hijacked: the stream ends with the connection

    @route("GET", "/exec/{}/json")
    async def inspect_exec(self, exchange: Exchange, ident: str) -> None:
        await exchange.json(self.execs.find(ident).view())

    @route("POST", "/exec/{}/resize")
    async def resize_exec(self, exchange: Exchange, ident: str) -> None:
        self.execs.find(ident)
        await exchange.answer(201, b"", "")


def log_frame(line: tuple[int, float, str], timestamps: bool) -> bytes:
    fd, at, text = line
    data = (f"{rfc3339(at)} {text}" if timestamps else text).encode()
    return struct.pack("!BxxxI", fd, len(data)) + data

"""Containers: their life from create to remove, ends of their own included."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv4Network

from behaviour import Behaviour
from front import Front
from happenings import Filters, has_labels
from model import Container, Endpoint, EngineError, Json
from store import Settings, Store

DIES_AFTER = 0.03  # seconds from a start to the end of what crashes
BACKOFF = 0.1  # first pause before the engine starts it again; doubles

Ending = Callable[[Container], Awaitable[None]]


class Containers:
    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.fronts: dict[str, Front] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    def behaviour(self, container: Container) -> Behaviour:
        good = Behaviour(seconds=self.settings.ready_after)
        return self.settings.behaviours.get(container.service, good)

    def is_ready(self, container: Container) -> bool:
        if container.service == "rocketchat" and not self.has_database(container.stack):
            return False
        return self.behaviour(container).ready(container)

    def has_database(self, stack: str) -> bool:
        """A stack's own MongoDB is of use only as an initiated replica set."""
        for other in self.store.containers:
            if (other.stack, other.service) == (stack, "mongodb"):
                volumes = [self.store.volumes[name] for name in other.volumes]
                return any(volume.replica_set for volume in volumes)
        return True

    # looking

    def find(self, name: str) -> Container:
        for container in self.store.containers:
            if name.lstrip("/") == container.name or name == container.id:
                return container
        for container in self.store.containers:
            if len(name) >= 4 and container.id.startswith(name):
                return container
        raise EngineError(404, f"No such container: {name}")

    def list(self, all_states: bool, filters: Filters) -> list[Json]:
        found = []
        for c in reversed(self.store.containers):
            if not (all_states or c.running or c.state == "restarting" or "status" in filters):
                continue
            if c.state not in filters.get("status", [c.state]):
                continue
            if not any(part in f"/{c.name}" for part in filters.get("name", [""])):
                continue
            if "volume" in filters and not set(filters["volume"]) & set(c.volumes):
                continue
            if has_labels(c.labels, filters.get("label", [])):
                found.append(c.summary())
        return found

    # life

    def create(self, name: str, config: Json) -> Container:
        image = self.store.find_image(config.get("Image") or "")
        if not image:
            raise EngineError(404, f"No such image: {config.get('Image')}")
        for other in self.store.containers:
            if other.name == name:
                raise EngineError(
                    409,
                    f'Conflict. The container name "/{name}" is already in use by container '
                    f'"{other.id}". You have to remove (or rename) that container to be able '
                    "to reuse that name.",
                    500,
                )
        container = Container(name, config, image.id)
        wanted = (config.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
        if len(wanted) > 1 and self.settings.api < (1, 44):
            raise EngineError(400, "Container cannot be connected to network endpoints: several")
        for network, endpoint in wanted.items():
            address = (endpoint.get("IPAMConfig") or {}).get("IPv4Address", "")
            aliases = endpoint.get("Aliases") or []
            container.endpoints[network] = Endpoint(network, address, aliases)
            if self.settings.podman:
                self.find_network_or(500, network)
        for volume in container.volumes:
            self.store.create_volume({"Name": volume})
        self.store.containers.append(container)
        self.store.events.tell_container(container, "create")
        return container

    def find_network_or(self, status: int, name: str) -> None:
        try:
            self.store.find_network(name)
        except EngineError as error:
            raise EngineError(status, error.message) from None

    async def start(self, container: Container) -> bool:
        """False: it runs already."""
        if container.running or container.state == "restarting":
            return False
        if self.behaviour(container).kind == "no-start":
            container.exit_code = 127
            container.error = (
                "failed to create task for container: OCI runtime create failed: runc create "
                'failed: exec: "/entrypoint": no such file or directory: unknown'
            )
            raise EngineError(400, container.error, 500)
        self.connect(container)
        try:
            await self.open_ports(container)
        except EngineError as error:
            self.disconnect(container)
            container.exit_code, container.error = 128, error.message
            raise
        self.started(container)
        return True

    def started(self, container: Container) -> None:
        container.state, container.error, container.oom = "running", "", False
        container.started = time.time()
        container.starts += 1
        place = f"{container.service or container.name}"
        self.write(container, 1, f"{place}: started\n")
        self.store.events.tell_container(container, "start")
        if self.behaviour(container).dies(container):
            self.later(DIES_AFTER, container, self.crash)

    def later(self, seconds: float, container: Container, what: Ending) -> None:
        """Unless it is started again or gone by then."""
        life = container.starts

        async def wait() -> None:
            await asyncio.sleep(seconds)
            if container.starts == life and container in self.store.containers:
                await what(container)

        task = asyncio.get_running_loop().create_task(wait())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def crash(self, container: Container) -> None:
        if not container.running:
            return
        behaviour = self.behaviour(container)
        self.write(container, 2, f"{container.service}: fatal: it broke, code {behaviour.code}\n")
        if behaviour.kind == "oom":
            container.oom = True
            self.store.events.tell_container(container, "oom")
        self.ended(container, behaviour.code)
        if self.restarts_itself(container):
            container.state = "restarting"
            pause = min(BACKOFF * 2**container.restarts, 60)
            self.later(pause, container, self.restart_itself)

    def restarts_itself(self, container: Container) -> bool:
        policy = container.host.get("RestartPolicy") or {}
        name = policy.get("Name") or "no"
        most = policy.get("MaximumRetryCount") or 0
        if name == "on-failure":
            return bool(container.exit_code) and not (most and container.restarts >= most)
        return name in ("always", "unless-stopped")

    async def restart_itself(self, container: Container) -> None:
        if container.state == "restarting":
            container.restarts += 1
            self.connect(container)
            await self.open_ports(container)
            self.started(container)

    def ended(self, container: Container, code: int) -> None:
        self.close_ports(container)
        self.disconnect(container)
        container.state, container.exit_code = "exited", code
        container.finished = time.time()
        self.store.events.tell_container(container, "die", exitCode=str(code))

    async def stop(self, container: Container, seconds: int | None) -> bool:
        """False: it does not run."""
        if container.state == "restarting":
            container.state = "exited"
            return True
        if not container.running:
            return False
        self.store.events.tell_container(container, "kill", signal="15")
        code = 0
        if self.behaviour(container).kind in ("stubborn", "hang"):
            grace = seconds if seconds is not None else container.config.get("StopTimeout", 10)
            await asyncio.sleep(grace)
            code = 137
        if container.running:
            self.ended(container, code)
        self.store.events.tell_container(container, "stop")
        return True

    def kill(self, container: Container, signal: str) -> None:
        if not container.running:
            raise EngineError(409, f"Cannot kill container: {container.name}: is not running")
        self.store.events.tell_container(container, "kill", signal=signal)
        if signal.upper().removeprefix("SIG") in ("9", "KILL", "15", "TERM"):
            self.ended(container, 137)

    def remove(self, container: Container, force: bool) -> None:
        if container.running or container.state == "restarting":
            if not force:
                text = f"You cannot remove a running container {container.id}. Stop the container"
                raise EngineError(409, f"{text} before attempting removal or force remove", 500)
            if container.running:
                self.kill(container, "9")
        self.store.containers.remove(container)
        self.store.events.tell_container(container, "destroy")

    def rename(self, container: Container, name: str) -> None:
        if any(other.name == name for other in self.store.containers):
            raise EngineError(409, f'Conflict. The name "/{name}" is already in use', 500)
        container.name = name
        self.store.events.tell_container(container, "rename")

    def write(self, container: Container, fd: int, text: str) -> None:
        container.log.append((fd, time.time(), text))

    # network

    def connect(self, container: Container) -> None:
        joined = []
        for endpoint in container.endpoints.values():
            network = self.store.find_network(endpoint.network)
            if endpoint.address:
                self.check_address(endpoint, network.subnet)
            joined.append((endpoint, network))
        for endpoint, network in joined:
            endpoint.network_id = network.id
            endpoint.now = endpoint.address or "172.17.0.2"
            self.store.tell_network(network, "connect", container.id)

    def check_address(self, endpoint: Endpoint, subnet: IPv4Network | None) -> None:
        if subnet is None or IPv4Address(endpoint.address) not in subnet:
            text = "It does not belong to any of this network's subnets"
            raise EngineError(400, f"Invalid address {endpoint.address}: {text}", 500)
        for other in self.store.containers:
            for theirs in other.endpoints.values():
                if theirs.network == endpoint.network and theirs.now == endpoint.address:
                    raise EngineError(403, "Address already in use", 500)

    def disconnect(self, container: Container) -> None:
        for endpoint in container.endpoints.values():
            if endpoint.network_id:
                self.store.events.tell(
                    "network", "disconnect", endpoint.network_id, {"container": container.id}
                )
            endpoint.network_id = endpoint.now = ""

    async def open_ports(self, container: Container) -> None:
        front = Front(lambda service: self.some_ready(container.stack, service))
        self.fronts[container.id] = front
        for host, port, _ in container.bindings():
            try:
                self.check_port(container, host, port)
                if container.service in ("proxy", ""):
                    await front.listen(host, port)
            except OSError as error:
                front.close()
                failed = "driver failed programming external connectivity on endpoint"
                raise EngineError(500, f"{failed} {container.name}: {reason(error)}") from None

    def check_port(self, container: Container, host: str, port: int) -> None:
        for other in self.store.containers:
            if other is not container and other.running:
                if any(taken == port for _, taken, _ in other.bindings()):
                    raise OSError(0, f"Bind for {host}:{port} failed: port is already allocated")

    def close_ports(self, container: Container) -> None:
        front = self.fronts.pop(container.id, None)
        if front:
            front.close()

    def some_ready(self, stack: str, service: str) -> bool:
        """A stack without ddp-streamer (a monolith) has the core answer for it."""
        ours = [c for c in self.store.containers if c.stack == stack]
        if service not in [c.service for c in ours]:
            service = "rocketchat"
        return any(self.is_ready(c) for c in ours if c.service == service)

    def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        for front in self.fronts.values():
            front.close()


def reason(error: OSError) -> str:
    if "allocated" in str(error):
        return error.strerror
    return f"Error starting userland proxy: listen tcp4: bind: {error.strerror.lower()}"

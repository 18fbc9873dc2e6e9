"""What the engine has, and how its API shows it."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

Json = dict[str, Any]
NEVER = "0001-01-01T00:00:00Z"


class EngineError(Exception):
    """An answer that is no success; podman uses other codes for some."""

    def __init__(self, status: int, message: str, podman: int = 0) -> None:
        super().__init__(message)
        self.status, self.message, self.podman = status, message, podman or status


def new_id() -> str:
    return secrets.token_hex(32)


def rfc3339(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z") if at else NEVER


@dataclass
class Image:
    tags: list[str]

    @property
    def id(self) -> str:
        return "sha256:" + hashlib.sha256(self.tags[0].encode()).hexdigest()

    def view(self, podman: bool) -> Json:
        return {
            "Id": self.id,
            "RepoTags": [normal_name(tag) if podman else tag for tag in self.tags],
            "RepoDigests": [f"{tag.rsplit(':', 1)[0]}@{self.id}" for tag in self.tags],
            "Created": 1700000000,
            "Size": 1000000,
            "Labels": {},
            "Containers": -1,
        }


def normal_name(tag: str) -> str:
    first, slash, _ = tag.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return tag
    return f"docker.io/{tag}" if slash else f"docker.io/library/{tag}"


@dataclass
class Network:
    name: str
    subnet: IPv4Network | None
    config: Json
    driver: str = "bridge"
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)

    @property
    def labels(self) -> Json:
        return self.config.get("Labels") or {}

    def view(self) -> Json:
        return {
            "Name": self.name,
            "Id": self.id,
            "Created": rfc3339(self.created),
            "Scope": "local",
            "Driver": self.driver,
            "EnableIPv6": False,
            "IPAM": self.config.get("IPAM") or {"Driver": "default", "Config": []},
            "Internal": False,
            "Attachable": False,
            "Ingress": False,
            "Containers": {},
            "Options": self.config.get("Options") or {},
            "Labels": self.labels,
        }


@dataclass
class Volume:
    name: str
    labels: Json
    created: float = field(default_factory=time.time)
    replica_set: str = ""  # what a MongoDB initiated in it

    def view(self) -> Json:
        return {
            "CreatedAt": rfc3339(self.created),
            "Driver": "local",
            "Labels": self.labels,
            "Mountpoint": f"/var/lib/docker/volumes/{self.name}/_data",
            "Name": self.name,
            "Options": None,
            "Scope": "local",
        }


@dataclass
class Endpoint:
    network: str  # name as asked for
    address: str  # fixed one, or ""
    aliases: list[str]
    network_id: str = ""  # while it runs
    now: str = ""  # address while it runs


@dataclass
class Exec:
    container: Container
    config: Json
    id: str = field(default_factory=new_id)
    running: bool = False
    exit_code: int | None = None

    def view(self) -> Json:
        return {
            "ID": self.id,
            "Running": self.running,
            "ExitCode": self.exit_code,
            "ContainerID": self.container.id,
            "ProcessConfig": {"entrypoint": (self.config.get("Cmd") or [""])[0]},
            "OpenStdin": bool(self.config.get("AttachStdin")),
            "Pid": 4242 if self.running else 0,
        }


@dataclass
class Container:
    name: str
    config: Json  # the body it was created with
    image_id: str
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)
    state: str = "created"
    exit_code: int = 0
    oom: bool = False
    error: str = ""
    started: float = 0.0
    finished: float = 0.0
    restarts: int = 0  # by the engine, of its policy
    starts: int = 0  # all of them
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    log: list[tuple[int, float, str]] = field(default_factory=list)

    @property
    def labels(self) -> Json:
        return self.config.get("Labels") or {}

    @property
    def service(self) -> str:
        return self.labels.get("io.liftoff.service", "")

    @property
    def stack(self) -> str:
        return self.labels.get("io.liftoff.stack", "")

    @property
    def host(self) -> Json:
        return self.config.get("HostConfig") or {}

    @property
    def running(self) -> bool:
        return self.state in ("running", "paused")

    @property
    def volumes(self) -> list[str]:
        mounts = self.host.get("Mounts") or []
        binds = [bind.split(":")[0] for bind in self.host.get("Binds") or []]
        return [m["Source"] for m in mounts if m.get("Type") == "volume"] + binds

    def bindings(self) -> list[tuple[str, int, int]]:
        """Host address, host port, container port."""
        found = []
        for inside, outer in (self.host.get("PortBindings") or {}).items():
            for one in outer or []:
                port = int(one.get("HostPort") or 0)
                found.append((one.get("HostIp") or "0.0.0.0", port, int(inside.split("/")[0])))
        return found

    def status_text(self) -> str:
        ago = max(int(time.time() - (self.started if self.running else self.finished)), 0)
        words = "Less than a second" if ago < 1 else f"{ago} second{'s' * (ago > 1)}"
        return {
            "created": "Created",
            "running": f"Up {words}",
            "paused": f"Up {words} (Paused)",
            "restarting": f"Restarting ({self.exit_code}) {words} ago",
            "exited": f"Exited ({self.exit_code}) {words} ago",
        }.get(self.state, self.state.capitalize())

    def networks_view(self) -> Json:
        return {
            name: {
                "IPAMConfig": {"IPv4Address": e.address} if e.address else None,
                "Aliases": e.aliases,
                "NetworkID": e.network_id,
                "IPAddress": e.now,
                "Gateway": "",
            }
            for name, e in self.endpoints.items()
        }

    def ports_view(self) -> list[Json]:
        if not self.running:
            return []
        return [
            {"IP": ip, "PrivatePort": inside, "PublicPort": port, "Type": "tcp"}
            for ip, port, inside in self.bindings()
        ]

    def mounts_view(self) -> list[Json]:
        return [
            {"Type": "volume", "Name": m["Source"], "Destination": m["Target"], "RW": True}
            for m in self.host.get("Mounts") or []
        ]

    def summary(self) -> Json:
        return {
            "Id": self.id,
            "Names": [f"/{self.name}"],
            "Image": self.config.get("Image"),
            "ImageID": self.image_id,
            "Command": " ".join(self.config.get("Cmd") or ["/entrypoint"]),
            "Created": int(self.created),
            "Ports": self.ports_view(),
            "Labels": self.labels,
            "State": self.state,
            "Status": self.status_text(),
            "HostConfig": {"NetworkMode": self.host.get("NetworkMode", "default")},
            "NetworkSettings": {"Networks": self.networks_view()},
            "Mounts": self.mounts_view(),
        }

    def view(self) -> Json:
        return {
            "Id": self.id,
            "Created": rfc3339(self.created),
            "Path": "/entrypoint",
            "Args": [],
            "State": {
                "Status": self.state,
                "Running": self.running or self.state == "restarting",
                "Paused": self.state == "paused",
                "Restarting": self.state == "restarting",
                "OOMKilled": self.oom,
                "Dead": False,
                "Pid": 4242 if self.running else 0,
                "ExitCode": self.exit_code,
                "Error": self.error,
                "StartedAt": rfc3339(self.started),
                "FinishedAt": rfc3339(self.finished),
            },
            "Image": self.image_id,
            "Name": f"/{self.name}",
            "RestartCount": self.restarts,
            "HostConfig": self.host,
            "Mounts": self.mounts_view(),
            "Config": {key: value for key, value in self.config.items() if key not in OUTER},
            "NetworkSettings": {"Ports": {}, "Networks": self.networks_view()},
        }


OUTER = ("HostConfig", "NetworkingConfig")

"""The engine's state and what changes it: images, networks, volumes.

Containers live in containers.py, which stands on this.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, ip_network

from behaviour import Behaviour
from happenings import Filters, Happenings, has_labels
from model import Container, EngineError, Exec, Image, Json, Network, Volume, normal_name


@dataclass
class Registry:
    """What a pull meets."""

    errors: list[tuple[str, str]] = field(default_factory=list)  # pattern, in-band error
    missing: list[str] = field(default_factory=list)  # patterns of unknown manifests
    down: bool = False
    seconds: float = 0.0  # how long a pull takes


@dataclass
class Settings:
    api: tuple[int, int] = (1, 41)
    min_api: tuple[int, int] = (1, 12)
    podman: bool = False
    images: list[str] = field(default_factory=list)
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    ready_after: float = 0.0
    start_seconds: float = 0.0
    registry: Registry = field(default_factory=Registry)


class Store:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.events = Happenings()
        self.events.api = settings.api
        self.images = [Image([tag]) for tag in settings.images]
        self.containers: list[Container] = []
        self.volumes: dict[str, Volume] = {}
        self.execs: dict[str, Exec] = {}
        self.networks = [
            builtin_network("bridge", "172.17.0.0/16"),
            builtin_network("host", None),
            builtin_network("none", None),
        ]

    # images

    def find_image(self, name: str) -> Image | None:
        wanted = normal_name(with_tag(name))
        for image in self.images:
            if name == image.id or wanted in map(normal_name, image.tags):
                return image
        return None

    def list_images(self, filters: Filters) -> list[Json]:
        views = [image.view(self.settings.podman) for image in self.images]
        patterns = filters.get("reference")
        if patterns is None:
            return views
        return [view for view in views if any(image_matches(view, one) for one in patterns)]

    # networks

    def find_network(self, name: str) -> Network:
        for network in self.networks:
            if name in (network.id, network.name):
                return network
        for network in self.networks:
            if len(name) >= 4 and network.id.startswith(name):
                return network
        raise EngineError(404, f"network {name} not found")

    def create_network(self, config: Json) -> Network:
        name = config.get("Name") or ""
        strict = config.get("CheckDuplicate") or self.settings.api >= (1, 44)
        if not name:
            raise EngineError(400, "invalid network name: name is empty")
        if strict and any(network.name == name for network in self.networks):
            raise EngineError(409, f"network with name {name} already exists")
        subnet = self.wanted_subnet(config)
        for other in self.networks:
            if other.subnet and other.subnet.overlaps(subnet):
                raise EngineError(403, "Pool overlaps with other one on this address space", 500)
        network = Network(name, subnet, config, config.get("Driver") or "bridge")
        if not (config.get("IPAM") or {}).get("Config"):
            network.config["IPAM"] = {"Driver": "default", "Config": [{"Subnet": str(subnet)}]}
        self.networks.append(network)
        self.tell_network(network, "create")
        return network

    def wanted_subnet(self, config: Json) -> IPv4Network:
        for one in (config.get("IPAM") or {}).get("Config") or []:
            try:
                subnet = ip_network(one["Subnet"])
            except ValueError as error:
                raise EngineError(400, f"invalid subnet: {error}") from None
            if isinstance(subnet, IPv4Network):
                return subnet
        taken = [network.subnet for network in self.networks if network.subnet]
        for subnet in IPv4Network("172.16.0.0/12").subnets(new_prefix=16):
            if not any(subnet.overlaps(other) for other in taken):
                return subnet
        raise EngineError(404, "could not find an available, non-overlapping IPv4 address pool")

    def network_view(self, network: Network, with_containers: bool) -> Json:
        view = network.view()
        if with_containers:
            for container in self.containers:
                for endpoint in container.endpoints.values():
                    if endpoint.network_id == network.id:
                        view["Containers"][container.id] = {
                            "Name": container.name,
                            "IPv4Address": endpoint.now,
                        }
        return view

    def remove_network(self, name: str) -> None:
        network = self.find_network(name)
        if self.network_view(network, True)["Containers"]:
            text = f"error while removing network: network {network.name} id {network.id}"
            raise EngineError(403, f"{text} has active endpoints", 500)
        if network.name in ("bridge", "host", "none"):
            raise EngineError(403, f"{network.name} is a pre-defined network and cannot be removed")
        self.networks.remove(network)
        self.tell_network(network, "destroy")

    def tell_network(self, network: Network, action: str, container: str = "") -> None:
        about = {"name": network.name, "type": network.driver}
        if container:
            about["container"] = container
        self.events.tell("network", action, network.id, about)

    # volumes

    def create_volume(self, config: Json) -> Volume:
        name = config.get("Name") or ""
        if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", name):
            raise EngineError(400, f"create {name}: invalid volume name")
        if name not in self.volumes:
            self.volumes[name] = Volume(name, config.get("Labels") or {})
            self.events.tell("volume", "create", name, {"driver": "local"})
        return self.volumes[name]

    def list_volumes(self, filters: Filters) -> list[Json]:
        found = []
        for volume in self.volumes.values():
            if "name" in filters and not any(part in volume.name for part in filters["name"]):
                continue
            if has_labels(volume.labels, filters.get("label", [])):
                found.append(volume.view())
        return found

    def find_volume(self, name: str) -> Volume:
        if name not in self.volumes:
            raise EngineError(404, f"get {name}: no such volume")
        return self.volumes[name]

    def remove_volume(self, name: str) -> None:
        self.find_volume(name)
        users = [c.id for c in self.containers if name in c.volumes]
        if users:
            raise EngineError(409, f"remove {name}: volume is in use - [{', '.join(users)}]")
        del self.volumes[name]
        self.events.tell("volume", "destroy", name, {"driver": "local"})


def builtin_network(name: str, subnet: str | None) -> Network:
    ipam = {"Driver": "default", "Config": [{"Subnet": subnet}] if subnet else []}
    return Network(name, IPv4Network(subnet) if subnet else None, {"Name": name, "IPAM": ipam})


def with_tag(name: str) -> str:
    return name if ":" in name.rsplit("/", 1)[-1] or "@" in name else f"{name}:latest"


def image_matches(view: Json, pattern: str) -> bool:
    """As the engine's reference filter: the familiar name, with or without its tag."""
    wanted = normal_name(pattern)
    for tag in map(normal_name, view["RepoTags"]):
        if fnmatch.fnmatchcase(tag, wanted):
            return True
        if fnmatch.fnmatchcase(tag.rsplit(":", 1)[0], wanted):
            return True
    return False

"""The engine's events: all kept, none dropped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from model import Container, Json

Filters = dict[str, list[str]]


class Happenings:
    def __init__(self) -> None:
        self.history: list[Json] = []
        self.news = asyncio.Condition()
        self.api = (1, 41)

    def tell(self, kind: str, action: str, ident: str, attributes: Json) -> None:
        now = time.time_ns()
        event: Json = {
            "Type": kind,
            "Action": action,
            "Actor": {"ID": ident, "Attributes": attributes},
            "scope": "local",
            "time": now // 10**9,
            "timeNano": now,
        }
        if kind == "container" and self.api < (1, 52):
            event = {"status": action, "id": ident, "from": attributes.get("image", "")} | event
        self.history.append(event)
        asyncio.get_running_loop().create_task(self.wake())

    def tell_container(self, container: Container, action: str, **more: str) -> None:
        about = container.labels | {"image": container.config.get("Image"), "name": container.name}
        self.tell("container", action, container.id, about | more)

    async def wake(self) -> None:
        async with self.news:
            self.news.notify_all()

    async def follow(self, since: str, until: str, filters: Filters) -> AsyncIterator[Json]:
        end = float(until) if until else None
        first = nanoseconds(since) if since else time.time_ns()
        at = 0
        while True:
            while at < len(self.history):
                event = self.history[at]
                at += 1
                if event["timeNano"] >= first and matches(event, filters):
                    yield event
            if end is not None and time.time() >= end:
                return
            async with self.news:
                if at == len(self.history):
                    try:
                        wait = None if end is None else max(end - time.time(), 0)
                        await asyncio.wait_for(self.news.wait(), wait)
                    except TimeoutError:
                        return


def nanoseconds(text: str) -> int:
    seconds, _, fraction = text.partition(".")
    return int(seconds) * 10**9 + int(fraction[:9].ljust(9, "0") or 0)


def matches(event: Json, filters: Filters) -> bool:
    attributes = event["Actor"]["Attributes"]
    for key, wanted in filters.items():
        if key == "label":
            if not has_labels(attributes, wanted):
                return False
        elif key == "type":
            if event["Type"] not in wanted:
                return False
        elif key == "event":
            if not any(event["Action"].startswith(one) for one in wanted):
                return False
        elif key == "container" and event["Actor"]["ID"] not in wanted:
            if attributes.get("name") not in wanted:
                return False
    return True


def has_labels(labels: Json, wanted: list[str]) -> bool:
    for one in wanted:
        name, equals, value = one.partition("=")
        if name not in labels or (equals and labels[name] != value):
            return False
    return True

"""How containers of a service behave: --behave SERVICE=KIND.

    crash:CODE[:TIMES]  ends with that code soon after each (or the first) start
    oom                 likewise, killed for want of memory
    slow:SECONDS        is ready only so long after its start
    not-ready           runs and never is
    hang                runs, and commands inside it never return
    stubborn            does not end on SIGTERM, only after its stop timeout
    no-start            the engine cannot start it (its command is missing)
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from model import Container

KINDS = {"crash", "oom", "slow", "not-ready", "hang", "stubborn", "no-start"}


@dataclass
class Behaviour:
    kind: str = "good"
    code: int = 0
    times: int = -1  # how many starts end so; -1: all
    seconds: float = 0.0

    def dies(self, container: Container) -> bool:
        return self.kind in ("crash", "oom") and not 0 <= self.times < container.starts

    def ready(self, container: Container) -> bool:
        if not container.running or self.kind in ("not-ready", "hang") or self.dies(container):
            return False
        return time.time() >= container.started + self.seconds


def parse_behaviour(text: str) -> tuple[str, Behaviour]:
    service, equals, what = text.partition("=")
    kind, *values = what.split(":")
    if not equals or kind not in KINDS:
        raise ValueError(f"no behaviour: {text}")
    behaviour = Behaviour(kind)
    if kind == "crash":
        behaviour.code = int(values[0])
        behaviour.times = int(values[1]) if values[1:] else -1
    elif kind == "oom":
        behaviour.code = 137
    elif kind == "slow":
        behaviour.seconds = float(values[0])
    return service, behaviour

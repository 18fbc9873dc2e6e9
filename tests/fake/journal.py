"""The log of all requests: one JSON object a line, in the order of answers."""

from __future__ import annotations

import io
import json
import tarfile
import time
from pathlib import Path
from typing import Any

from http1 import Request


class Journal:
    def __init__(self, path: str | None) -> None:
        self.file = Path(path).open("a", encoding="utf-8") if path else None
        self.count = 0  # requests seen so far
        self.changing = 0

    def arrived(self, request: Request) -> int:
        """Numbers a request, from 1."""
        self.count += 1
        self.changing += request.changing
        return self.count

    def answered(self, number: int, request: Request, status: int, fault: str | None) -> None:
        if not self.file:
            return
        line: dict[str, Any] = {
            "n": number,
            "at": round(time.time(), 6),
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "api": "%d.%d" % request.api if request.api else None,
            "status": status,
            "changing": request.changing,
            "fault": fault,
            "body": describe_body(request),
        }
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()

    def reset(self) -> None:
        self.count = self.changing = 0
        if self.file:
            self.file.seek(0)
            self.file.truncate()


def describe_body(request: Request) -> Any:
    if not request.body:
        return None
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            return json.loads(request.body)
        except ValueError:
            return request.body.decode(errors="replace")
    try:
        return {name: text.decode(errors="replace") for name, text in tar_files(request.body)}
    except tarfile.TarError:
        return f"{len(request.body)} bytes"


def tar_files(data: bytes) -> list[tuple[str, bytes]]:
    files = []
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content:
                files.append((member.name.lstrip("./"), content.read()))
    return files

#!/usr/bin/env python3
"""Stands before an engine's socket and notes each call, one "METHOD PATH" a line.

    recorder.py ENGINE_SOCKET OWN_SOCKET FILE

Every byte passes unchanged. A request begins where one of the client's sends
does: libcurl starts each with a send of its own.
"""

import asyncio
import re
import sys

PIECE = 65536
REQUEST = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.1\r\n")


async def pass_on(reader, writer, note):
    try:
        while data := await reader.read(PIECE):
            note(data)
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


async def main(engine, own, path):
    with open(path, "a", encoding="ascii", buffering=1) as log:

        def note(data):
            found = REQUEST.match(data)
            if found:
                print(*(part.decode("ascii") for part in found.groups()), file=log)

        async def serve(reader, writer):
            up_reader, up_writer = await asyncio.open_unix_connection(engine)
            await asyncio.gather(
                pass_on(reader, up_writer, note),
                pass_on(up_reader, writer, lambda data: None),
            )

        async with await asyncio.start_unix_server(serve, own, backlog=128) as server:
            await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))

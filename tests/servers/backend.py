"""A small HTTP/1.1 server that writes down what reaches it: the thing that the gate protects.

It answers every request with 200 and a JSON account of it, accepts any method and body, and speaks just enough
WebSocket to say that an upgrade arrived. It runs in a thread.
"""
import asyncio
import base64
import hashlib
import json
import threading

WEBSOCKET_ID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


async def read_chunks(reader, digest):
    size = 0
    while True:
        line = await reader.readline()
        left = int(line.split(b";")[0], 16)
        if left == 0:
            while (await reader.readline()).strip():
                pass
            return size
        digest.update(await reader.readexactly(left))
        size += left
        await reader.readline()


async def read_exactly(reader, left, digest):
    size = 0
    while left:
        data = await reader.read(min(left, 65536))
        if not data:
            raise ConnectionError("the body was cut")
        digest.update(data)
        size += len(data)
        left -= len(data)
    return size


class Backend:
    """hits is the list of requests seen, in order: dicts of method, path, headers, size, sha256."""

    def __init__(self):
        self.hits = []
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(
            asyncio.start_server(self.serve, "127.0.0.1", 0, limit=1 << 18))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def close(self):
        asyncio.run_coroutine_threadsafe(self.finish(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    async def finish(self):
        self.server.close()
        serving = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def serve(self, reader, writer):
        try:
            while await self.one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            writer.close()

    async def one(self, reader, writer):
        line = (await reader.readline()).decode("latin-1").split()
        if len(line) != 3:
            return False
        headers = []
        while True:
            raw = (await reader.readline()).decode("latin-1").strip()
            if not raw:
                break
            name, _, value = raw.partition(":")
            headers.append((name, value.strip()))
        known = {name.lower(): value for name, value in headers}
        hit = {"method": line[0], "path": line[1], "headers": headers, "size": 0, "complete": False}
        self.hits.append(hit)
        digest = hashlib.sha256()
        if known.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in known.get("transfer-encoding", "").lower():
            hit["size"] = await read_chunks(reader, digest)
        else:
            hit["size"] = await read_exactly(reader, int(known.get("content-length") or 0), digest)
        hit.update(sha256=digest.hexdigest(), complete=True)
        return self.answer(writer, hit, known)

    def answer(self, writer, hit, known):
        if known.get("upgrade", "").lower() == "websocket":
            accept = hashlib.sha1(known.get("sec-websocket-key", "").encode() + WEBSOCKET_ID).digest()
            writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                         b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + base64.b64encode(accept) +
                         b"\r\n\r\n\x81\x05hello")
            return False
        body = json.dumps(hit).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Backend: yes\r\n"
                     b"Content-Length: %d\r\n\r\n" % len(body))
        if hit["method"] != "HEAD":
            writer.write(body)
        return known.get("connection", "").lower() != "close"

"""A browser without a window, driven through its DevTools protocol, that keeps what a page logs and asks for."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from tornado.websocket import WebSocketClientConnection, websocket_connect

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
PATIENCE = 60  # seconds for the browser to start
LARGEST = 100_000_000  # bytes of a message
T = TypeVar("T")


class Tab:
    """One page: what it asked for, what it logged, and a way to run scripts in it."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket
        self.session = ""
        self.last = 0
        self.answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.asked: list[str] = []
        self.logged: list[str] = []
        self.loaded = asyncio.Event()

    async def listen(self) -> None:
        while (message := await self.socket.read_message()) is not None:
            heard = json.loads(message)
            if "id" in heard:
                self.answers.pop(heard["id"]).set_result(heard)
            else:
                self._note(heard["method"], heard.get("params", {}))

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        elif method == "Runtime.consoleAPICalled":
            self.logged.append(f"{params['type']}: {[arg.get('value') for arg in params['args']]}")
        elif method == "Runtime.exceptionThrown":
            self.logged.append(
                str(params["exceptionDetails"].get("exception", params["exceptionDetails"]).get("description", params))
            )
        elif method == "Log.entryAdded":
            self.logged.append(params["entry"]["text"])
        elif method == "Page.loadEventFired":
            self.loaded.set()

    async def say(self, method: str, **params: Any) -> dict[str, Any]:
        self.last += 1
        answer = self.answers[self.last] = asyncio.get_running_loop().create_future()
        message = {
            "id": self.last,
            "method": method,
            "params": params,
            **({"sessionId": self.session} if self.session else {}),
        }
        await self.socket.write_message(json.dumps(message))
        reply = await answer
        assert "error" not in reply, reply
        return dict(reply["result"])

    async def open(self, address: str) -> None:
        self.loaded.clear()
        await self.say("Page.navigate", url=address)
        await self.loaded.wait()

    async def script(self, text: str) -> Any:
        """Return what a script comes to, awaited."""
        reply = await self.say("Runtime.evaluate", expression=text, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in reply, reply["exceptionDetails"]
        return reply["result"].get("value")

    async def picture(self, path: Path) -> None:
        shot = await self.say("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))


def browse(work: Callable[[Tab], Awaitable[T]]) -> T:
    """Open a browser with the network off, do some work in a tab of it, and close it."""
    # Children of the browser may still write into its profile for a moment after it has ended.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        assert CHROMIUM
        running = subprocess.Popen(
            [CHROMIUM, *SWITCHES, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return asyncio.run(_in_tab(Path(profile), work))
        finally:
            running.terminate()
            running.wait()


async def _in_tab(profile: Path, work: Callable[[Tab], Awaitable[T]]) -> T:
    note = profile / "DevToolsActivePort"
    for _ in range(PATIENCE * 20):
        if note.is_file() and len(note.read_text().split()) == 2:
            break
        await asyncio.sleep(0.05)
    port, path = note.read_text().split()
    socket = await websocket_connect(f"ws://127.0.0.1:{port}{path}", max_message_size=LARGEST)
    tab = Tab(socket)
    listening = asyncio.create_task(tab.listen())
    target = await tab.say("Target.createTarget", url="about:blank")
    tab.session = (await tab.say("Target.attachToTarget", targetId=target["targetId"], flatten=True))["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network"):
        await tab.say(f"{domain}.enable")
    await tab.say(
        "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1
    )
    try:
        return await work(tab)
    finally:
        socket.close()
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening

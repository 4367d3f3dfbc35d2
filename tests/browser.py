"""A real browser, driven over a pipe by nothing but the standard library.

Which one: `LLMSIM_ADAPTERS_BROWSER`, or a Chromium on the PATH; without one, tests that want it are skipped. It is
spoken to in Chromium's DevTools protocol, one JSON object after another with a zero byte behind each, over the file
descriptors 3 and 4; no port is opened.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE: Final = "LLMSIM_ADAPTERS_BROWSER"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless_shell")
PATIENCE: Final = 30.0  # seconds

_FLAGS: Final = (
    *("--headless", "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync"),
    *("--remote-debugging-pipe", "about:blank"),
)
_FROM_PIPES: Final = """
import os, sys
for held, fd in ((int(sys.argv[1]), 60), (int(sys.argv[2]), 61), (60, 3), (61, 4)):
    os.dup2(held, fd)
os.execv(sys.argv[3], sys.argv[3:])
"""


def found() -> str | None:
    """Return the path of a browser, if there is one that can be driven here."""
    if os.name == "nt":  # a process can't be given the file descriptors 3 and 4
        return None
    given = os.environ.get(VARIABLE)
    names = (given,) if given else NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


class Browser:
    """A browser with one page, and what happened in it: requests, errors, what it refused, dialogs."""

    def __init__(self, path: str, home: Path) -> None:
        theirs, self._to = os.pipe()
        self._from, ours = os.pipe()
        with (home / "browser.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _FROM_PIPES, str(theirs), str(ours), path, f"--user-data-dir={home}", *_FLAGS],
                pass_fds=(theirs, ours),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "HOME": str(home)},
            )
        os.close(theirs)
        os.close(ours)
        self._read, self._count, self._session = b"", 0, None
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
            self.ask(f"{domain}.enable")

    def close(self) -> None:
        """End the browser."""
        os.close(self._to)
        self._process.kill()
        self._process.wait()
        os.close(self._from)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer to a command; what happens meanwhile is kept."""
        self._count += 1
        session = {} if self._session is None else {"sessionId": self._session}
        message = {"id": self._count, "method": method, "params": parameters, **session}
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._count:
            self.events.append(answer)
        assert "error" not in answer, (method, answer)
        result: dict[str, Any] = answer["result"]
        return result

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while b"\0" not in self._read:
            assert select.select([self._from], [], [], max(0.0, until - time.monotonic()))[0], "the browser hangs"
            more = os.read(self._from, 1 << 16)
            assert more, "the browser ended"
            self._read += more
        message, _, self._read = self._read.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def show(self, file: Path, fragment: str = "") -> None:
        """Load a file and wait until it is there; what happened before is forgotten."""
        self.ask("Page.navigate", url="about:blank")
        self.run("0")
        self.events.clear()
        self.ask("Page.navigate", url=file.as_uri() + fragment)
        until = time.monotonic() + PATIENCE
        while not self.happened("Page.loadEventFired"):
            assert time.monotonic() < until, "the page is never there"
            self.events.append(self._next())

    def run(self, expression: str) -> Any:
        """Return what an expression in the page is."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, userGesture=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def becomes(self, expression: str) -> bool:
        """Whether an expression in the page becomes true before patience ends."""
        until = time.monotonic() + PATIENCE
        while not self.run(expression):
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True

    def happened(self, method: str) -> list[dict[str, Any]]:
        """Return what happened of a kind since the page was loaded."""
        return [event["params"] for event in self.events if event.get("method") == method]

    def click(self, selector: str) -> None:
        """Click in the middle of an element, as a mouse does."""
        found = f"document.querySelector({selector!r})"
        x, y = self.run(
            f"{found}.scrollIntoView({{block: 'center'}}), "
            f"(r => [r.left + r.width / 2, r.top + r.height / 2])({found}.getBoundingClientRect())"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def resize(self, width: int, height: int = 900) -> None:
        """Make the window so wide and high, in pixels of CSS."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme: str = "light", media: str = "") -> None:
        """Ask for a colour scheme and a medium, `print` for instance."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=features)

    def picture(self) -> str:
        """Return a picture of the page as PNG, in base64."""
        picture: str = self.ask("Page.captureScreenshot", format="png")["data"]
        return picture

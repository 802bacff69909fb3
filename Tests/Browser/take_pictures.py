"""Takes the guide's pictures of the dashboard: an outage with live traffic, one event, failed deliveries, a comparison.

Writes them, light and dark, into the documentation's Resources; TOLLGATE_PICTURES names another folder.
"""

import datetime
import os
import pathlib
import sys
import threading
import time

from PIL import Image

from browser import PATIENCE, ROOT, SHOTS, Page, chromium, faults, open_gateway, settings

sys.path.insert(0, str(ROOT / "Tests" / "Demo"))

import demo  # noqa: E402

PICTURES = pathlib.Path(os.environ.get("TOLLGATE_PICTURES", ROOT / "Sources" / "Gateway" / "Gateway.docc" / "Resources"))
# Per second, and the seconds before the outage and within it.
RATE = 100
CALM, OUTAGE = 140, 60
LIMIT_BYTES = 150_000


class Traffic(threading.Thread):
    """Events of made-up customers until the end."""

    def __init__(self, running):
        super().__init__(daemon=True)
        self.running = running
        self.number = 0
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(0.5):
            now = time.time()
            lines = [demo.event(self.number + place, now - place / RATE) for place in range(RATE // 2)]
            self.number += len(lines)
            self.running.post("/v1/events", "\n".join(lines), "application/x-ndjson")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()


def picture(page, name, height):
    """One page in light and dark, with few colours, which makes a small file."""
    page.size(1280, height)
    PICTURES.mkdir(parents=True, exist_ok=True)
    for scheme, suffix in (("light", ""), ("dark", "~dark")):
        page.media(prefers_color_scheme=scheme)
        page.shot(name)
        file = PICTURES / f"dashboard-{name}{suffix}.png"
        with Image.open(SHOTS / f"{name}.png") as image:
            image.convert("RGB").quantize(240, dither=Image.Dither.NONE).save(file, optimize=True)
        size = file.stat().st_size
        print(f"pictures: {file.name} {size} bytes", flush=True)
        assert size < LIMIT_BYTES, f"{file.name} has {size} bytes"
    page.media()


def main():
    with open_gateway() as running, chromium() as driver:
        page = Page(driver, running.url).sign_in()
        settings(running, "polar", lose=0.002, alter=0.001)
        start = datetime.datetime.now(datetime.timezone.utc)
        with Traffic(running) as traffic:
            time.sleep(CALM)
            faults(running, "lago", status={"503": 1})
            # Among the first that fail, before the circuit opens.
            troubled = f"demo-{traffic.number + 3}"
            time.sleep(OUTAGE)
            page.open("?window=5m").sees("lago-sandbox", "#overview .verdict")
            picture(page, "overview", 1150)
            faults(running, "lago")
            faults(running, "flexprice", status={"422": 0.4})
            page.wait("failed deliveries", lambda: page.open("/problems?status=rejected") and len(page.all("tbody tr")) > 12)
            picture(page, "problems", 900)
            faults(running, "flexprice")
        page.wait("the deliveries", lambda: not running.get("/v1/deliveries?status=pending,retrying")["deliveries"])
        page.open(f"/events/{troubled}").find(".mark.delivered")
        picture(page, "event", 1000)
        page.open("/migration")
        for box in page.all("input[name=provider]"):
            if box.get_attribute("value") not in ("polar-sandbox", "flexprice-sandbox"):
                box.click()
        page.fill("from", start.strftime("%Y-%m-%dT%H:%M:%SZ"))
        page.fill("until", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))
        page.press("Compare")
        page.wait("the result", lambda: "Ended" in page.text() and page.all(".matrix td a"), PATIENCE * 4)
        picture(page, "comparison", 1000)


if __name__ == "__main__":
    main()

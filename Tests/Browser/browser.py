"""A headless Chromium in front of a gateway of its own, and what the scenarios ask of both.

Debian's chromium and chromium-driver; the driver's calls wait for conditions, never for fixed times.
"""

import contextlib
import importlib.util
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.common.exceptions import ElementClickInterceptedException, NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Conformance"))

from running_gateway import ADMIN_KEY, KEY, ROOT, gateway  # noqa: E402

# Where pictures of the pages go.
SHOTS = pathlib.Path(os.environ.get("TOLLGATE_SCREENSHOTS", ROOT / ".build" / "screenshots"))
# How long a condition may take to hold, in seconds: a busy machine is slow.
PATIENCE = float(os.environ.get("TOLLGATE_PATIENCE", 120))
# The dashboard's own key: it may see everything and act.
DASHBOARD_KEY = ADMIN_KEY
# What Chromium logs of an answer that a scenario asked for on purpose.
EXPECTED = "Failed to load resource: the server responded with a status of"


def open_gateway(change=None):
    """A gateway whose clients may use the dashboard; the simulators take all that it sends."""

    def allow(routes):
        for client in routes["clients"]:
            if "admin" not in client["scopes"]:
                client["scopes"].append("dashboard")
        for provider in routes["providers"].values():
            provider["rate_limit"] = "10000/s"
        if change:
            change(routes)

    return gateway(allow)


@contextlib.contextmanager
def chromium(**preferences):
    """A browser without a window. As root, Chromium's own sandbox cannot be used."""
    options = webdriver.ChromeOptions()
    arguments = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    for argument in arguments:
        options.add_argument(argument)
    if preferences:
        options.add_experimental_option("prefs", preferences)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # Chromium leaves folders behind where it keeps its temporary files.
    with tempfile.TemporaryDirectory(prefix="tollgate-browser-", ignore_cleanup_errors=True) as folder:
        service = webdriver.ChromeService(shutil.which("chromedriver"), env={**os.environ, "TMPDIR": folder})
        driver = webdriver.Chrome(options=options, service=service)
        driver.set_page_load_timeout(PATIENCE)
        driver.set_script_timeout(PATIENCE)
        try:
            yield driver
        finally:
            driver.quit()


class Page:
    """What a person sees of one gateway's dashboard."""

    def __init__(self, driver, url):
        self.driver = driver
        self.url = url
        self.size(1280, 900)

    # Where one is

    def open(self, path=""):
        self.driver.get(f"{self.url}/dashboard{path}")
        return self

    def sign_in(self, key=DASHBOARD_KEY):
        self.open("/sign-in")
        self.find("input[name=key]").send_keys(key, Keys.ENTER)
        self.wait("the page behind the sign-in", lambda: "/sign-in" not in self.path)
        return self

    @property
    def path(self):
        return urllib.parse.urlsplit(self.driver.current_url).path

    # What one sees

    def find(self, selector):
        return self.wait(selector, lambda: self.driver.find_element(By.CSS_SELECTOR, selector))

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector="main"):
        """Looks for the element again if a refresh has replaced it."""
        return self.wait(selector, lambda: [self.driver.find_element(By.CSS_SELECTOR, selector).text])[0]

    def click(self, selector):
        self._click(selector, lambda: self.driver.find_element(By.CSS_SELECTOR, selector))

    def follow(self, text):
        """Clicks the link with this text."""
        self._click(f"the link {text!r}", lambda: self.driver.find_element(By.LINK_TEXT, text))

    def press(self, text):
        """Clicks the button with this text."""
        path = f'//button[normalize-space()="{text}"]'
        self._click(f"the button {text!r}", lambda: self.driver.find_element(By.XPATH, path))

    def _click(self, what, find):
        """Looks for the element again if a refresh has replaced it."""
        self.wait(what, lambda: find().click() or True)

    def fill(self, name, text):
        """Replaces what is in a field."""
        field = self.find(f"input[name={name}]")
        field.clear()
        field.send_keys(text)

    def wait(self, what, condition, seconds=PATIENCE):
        """Waits until the condition holds, whatever is swapped meanwhile."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if found := condition():
                    return found
            except (NoSuchElementException, StaleElementReferenceException, ElementClickInterceptedException):
                pass
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what} at {self.driver.current_url}:\n{self._visible()}")
            time.sleep(0.05)

    def sees(self, text, selector="main", seconds=PATIENCE):
        self.wait(f"{text!r} in {selector}", lambda: text in self.driver.find_element(By.CSS_SELECTOR, selector).text, seconds)
        return self

    def _visible(self):
        try:
            return self.driver.find_element(By.TAG_NAME, "body").text[:2000]
        except NoSuchElementException:
            return ""

    # How it is shown

    def size(self, width, height, scale=1):
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def media(self, **features):
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": named})

    def shot(self, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(SHOTS / f"{name}.png"))

    def has_no_overflow(self):
        wide = self.driver.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], f"{self.driver.current_url} is {wide[0]} wide in a window of {wide[1]}"

    def has_no_cut_table(self):
        """No table is wider than the page has room for, so that no column is out of sight."""
        cut = self.driver.execute_script(
            "return [...document.querySelectorAll('main .scroll')].filter((box) => box.scrollWidth > box.clientWidth + 1)"
            ".map((box) => [box.textContent.trim().slice(0, 80), box.scrollWidth, box.clientWidth])"
        )
        assert not cut, f"{self.driver.current_url}: {cut}"

    def count_refreshes(self):
        """From now on, what each refresh brings is kept in the page: its verdict, if it has one."""
        self.driver.execute_script(
            "window.refreshes_ = []; const plain = window.fetch;"
            "window.fetch = async (...given) => {"
            "  const response = await plain(...given);"
            "  const text = await response.clone().text();"
            "  refreshes_.push((text.match(/class=\"verdict[^]*?<\\/div>/) ?? [''])[0]);"
            "  return response;"
            "};"
        )

    def refreshes(self):
        """The verdicts of the refreshes so far."""
        return self.driver.execute_script("return refreshes_")

    def is_accessible(self):
        """axe-core's rules, of which none serious may be broken."""
        script = pathlib.Path(importlib.util.find_spec("axe_core_python").origin).parent / "axe.min.js"
        self.driver.execute_script(script.read_text(encoding="utf-8"))
        result = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1]; axe.run().then(done, (fault) => done({fault: String(fault)}));"
        )
        assert "fault" not in result, result
        serious = [
            f"{found['id']}: {[node['html'][:200] for node in found['nodes'][:3]]}"
            for found in result["violations"]
            if found["impact"] in ("serious", "critical")
        ]
        assert not serious, f"{self.driver.current_url}: {serious}"

    # What went wrong

    def has_empty_console(self, but=()):
        """Nothing was logged. A violation of the content security policy is logged, so it is a failure."""
        entries = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] != "INFO"]
        faults = [entry for entry in entries if not any(part in entry for part in but)]
        assert not faults, faults

    def heap_bytes(self):
        """The memory that the page's script holds on to."""
        self.driver.execute_cdp_cmd("Performance.enable", {})
        self.driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
        metrics = self.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize")

    def requests(self):
        """The addresses asked for since the last call."""
        found = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found


def send(running, events, key=KEY):
    """Posts events as an application does, at most a thousand at a time."""
    for start in range(0, len(events), 1000):
        _post(running, events[start : start + 1000], key)


def _post(running, events, key):
    body = "\n".join(json.dumps(event) for event in events).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    request = urllib.request.Request(f"{running.url}/v1/events", body, headers)
    urllib.request.urlopen(request, timeout=PATIENCE).close()


def is_usable(running, key):
    """Whether the gateway accepts a key."""
    request = urllib.request.Request(f"{running.url}/v1/client", headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE):
            return True
    except urllib.error.HTTPError:
        return False


def faults(running, vendor, **kinds):
    """Lets a simulator fail; without kinds it works again."""
    _control(running, vendor, "faults", kinds)


def settings(running, vendor, **values):
    """Changes how a simulator behaves; without values it is as usual again."""
    _control(running, vendor, "settings", values)


def _control(running, vendor, what, values):
    request = urllib.request.Request(
        f"{running.sandbox}/sandbox/{vendor}/{what}",
        json.dumps(values).encode(),
        {"Content-Type": "application/json"},
        method="PUT" if values else "DELETE",
    )
    urllib.request.urlopen(request, timeout=PATIENCE).close()


def run(scenarios):
    """Runs scenarios one after the other; ends the program with 1 if one fails."""
    # So that browser and gateway are stopped before the program.
    stopped = threading.Event()

    def stop(*_):
        stopped.set()
        sys.exit(143)

    signal.signal(signal.SIGTERM, stop)
    wanted = sys.argv[1:]
    failed = []
    for scenario in scenarios:
        if wanted and scenario.__name__ not in wanted:
            continue
        start = time.monotonic()
        try:
            scenario()
        except Exception:
            traceback.print_exc()
            failed.append(scenario.__name__)
        if stopped.is_set():
            sys.exit(143)
        word = "failed" if scenario.__name__ in failed else "passed"
        print(f"browser: {scenario.__name__} {word} after {time.monotonic() - start:.1f} s", flush=True)
    if failed:
        sys.exit(f"failed in the browser: {', '.join(failed)}")

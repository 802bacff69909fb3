"""The dashboard's pages in a browser: signing in and out, safety, and how they look and read.

Exits with 1 if a scenario fails. Names of scenarios as arguments run those alone.
"""

import contextlib
import http.server
import re
import threading
import urllib.parse

from browser import ADMIN_KEY, EXPECTED, KEY, Keys, Page, chromium, faults, is_usable, open_gateway, run, send

SCREENS = {
    "": "Overview",
    "/events": "Events",
    "/problems": "Problems",
    "/providers": "Providers",
    "/routes": "Routes",
    "/migration": "Migration",
    "/live": "Live",
    "/try": "Try",
    "/clients": "Clients",
    "/log": "Log",
}
# Pages behind the lists.
DETAILS = {"/providers/lago-sandbox": "lago-sandbox", "/events/page-1": "page-1"}


def event(number, **fields):
    return {"id": f"page-{number}", "name": "api_request", "customer_id": "customer456", "properties": {"units": number}, **fields}


def sign_in_and_out():
    with open_gateway() as running, chromium() as driver:
        page = Page(driver, running.url).open("/events")
        page.wait("the sign-in page", lambda: page.path == "/dashboard/sign-in")
        page.find("input[name=key]").send_keys("wrong-key", Keys.ENTER)
        page.sees("key", ".failed")
        page.find("input[name=key]").send_keys(ADMIN_KEY, Keys.ENTER)
        page.wait("the page that was wanted", lambda: page.path == "/dashboard/events")
        assert ADMIN_KEY not in driver.page_source
        cookie = driver.get_cookies()
        assert [entry["name"] for entry in cookie] == ["__Host-tollgate"], cookie
        assert cookie[0]["httpOnly"] and cookie[0]["secure"] and cookie[0]["sameSite"] == "Strict", cookie
        page.press("Sign out")
        page.wait("the sign-in page", lambda: page.path == "/dashboard/sign-in")
        driver.back()
        page.wait("the sign-in page", lambda: "Events" not in page.text("main h1"))
        assert not page.all("nav.side"), "the page before is shown again"
        page.has_empty_console(but=[EXPECTED])


def every_screen_is_accessible():
    """Wide and narrow, light and dark, large text and forced colours."""
    with open_gateway() as running, chromium() as driver:
        send(running, [event(number) for number in range(50)])
        page = Page(driver, running.url).sign_in()
        for path, title in (SCREENS | DETAILS).items():
            page.open(path).sees(title, "main h1")
            page.has_no_cut_table()
            for scheme in ("light", "dark"):
                page.media(prefers_color_scheme=scheme)
                page.is_accessible()
                page.shot(f"{title.lower()}-{scheme}")
            page.media(forced_colors="active")
            page.shot(f"{title.lower()}-forced")
            page.media()
            page.size(360, 800)
            page.has_no_overflow()
            page.shot(f"{title.lower()}-360")
            # 1280 pixels at 200 % are 640.
            page.size(640, 450, scale=2)
            page.has_no_overflow()
            page.size(1280, 900)
        page.has_empty_console()


def keyboard_alone():
    with open_gateway() as running, chromium() as driver:
        send(running, [event(number) for number in range(5)])
        page = Page(driver, running.url)
        page.open("/sign-in")
        page.wait("the field", lambda: driver.switch_to.active_element.get_attribute("name") == "key")
        driver.switch_to.active_element.send_keys(ADMIN_KEY, Keys.ENTER)
        page.wait("the overview", lambda: page.path == "/dashboard")
        body = page.find("body")
        body.send_keys(Keys.TAB)
        page.wait("the skip link", lambda: "skip" in driver.switch_to.active_element.get_attribute("class"))
        driver.switch_to.active_element.send_keys("/")
        page.wait("the search field", lambda: driver.switch_to.active_element.get_attribute("name") == "q")
        driver.switch_to.active_element.send_keys("page-3", Keys.ENTER)
        page.wait("the event", lambda: page.path == "/dashboard/events/page-3")
        page.open("/events").find("[data-row]")
        page.find("body").send_keys("j", "j", "k", "o")
        page.wait("an event", lambda: page.path.startswith("/dashboard/events/page-") or page.all("details[open]"))
        page.has_empty_console()


def without_script():
    """Everything but Live works: reading, filtering, and acts with their dry run."""
    with open_gateway() as running, chromium(**{"profile.managed_default_content_settings.javascript": 2}) as driver:
        faults(running, "lago", status={"422": 1})
        send(running, [event(number) for number in range(5)])
        page = Page(driver, running.url).sign_in()
        for path, title in SCREENS.items():
            page.open(path).sees(title, "main h1")
        page.open("/live").sees("needs JavaScript")
        page.open("/providers").click("th a[href*='sort=waiting']")
        page.wait("the order", lambda: page.text("th[aria-sort]") == "Waiting")
        page.open("/try")
        page.press("Preview")
        page.sees("lago-sandbox")
        page.open("/events").find("input[name=customer_id]").send_keys("customer456", Keys.ENTER)
        page.follow("page-3")
        page.wait("the event", lambda: page.path == "/dashboard/events/page-3")
        page.wait("the dead letters", lambda: page.open("/problems?status=rejected") and "page-3" in page.text())
        faults(running, "lago")
        page.click("main tbody input[type=checkbox]")
        page.press("Retry…")
        page.sees("Retry 1 delivery")
        page.click("main form button")
        page.sees("The entry in the log")
        page.wait("the delivery", lambda: running.count("lago") == 1)


def revoked_key():
    """A key that is revoked ends its sessions: the next click shows the sign-in page."""
    with open_gateway() as running, chromium() as driver:
        page = Page(driver, running.url).sign_in().open("/clients")
        # An administrator makes a key for the first client, and uses it in the place of its own.
        page.press("New key")
        key, key_id = page.text("#made-key"), page.text("main [role=status] p code")
        page.press("Sign out")
        page.wait("the key to be in effect", lambda: is_usable(running, key))
        page.sign_in(key)
        page.follow("Events")
        page.wait("the events", lambda: page.path == "/dashboard/events")
        running.revoke(key_id)
        page.wait("the key to be refused", lambda: not is_usable(running, key))
        page.follow("Problems")
        page.wait("the end of the session", lambda: page.path == "/dashboard/sign-in")
        page.has_empty_console(but=[EXPECTED])


def revoke_on_the_page():
    """An administrator revokes a key on the page, after a question."""
    with open_gateway() as running, chromium() as driver:
        page = Page(driver, running.url).sign_in().open("/clients")
        page.press("New key")
        key, key_id = page.text("#made-key"), page.text("main [role=status] p code")
        page.wait("the key to be in effect", lambda: is_usable(running, key))
        page.wait("the day of the last use", lambda: page.open("/clients") and any(_is_used(row, key_id) for row in page.all("main tbody tr")))
        row = page.wait("the key", lambda: next((row for row in page.all("main tbody tr") if key_id in row.text), None))
        row.find_element("css selector", "summary").click()
        row.find_element("css selector", "button.danger").click()
        page.sees("revoked")
        page.wait("the key to be refused", lambda: not is_usable(running, key))
        page.has_empty_console()


def _is_used(row, key_id):
    """Whether the row of a key says on which day it was used last."""
    return key_id in row.text and re.search(r"\b20\d\d-\d\d-\d\d [a-z]", row.text)


def hidden_tab():
    """A hidden tab asks for nothing; a shown one does again."""
    with open_gateway() as running, chromium() as driver:
        page = Page(driver, running.url).sign_in().open()
        page.requests()
        page.wait("a refresh", lambda: _refreshes(page))
        # Headless tabs are never hidden, so the page is told so.
        driver.execute_script(
            "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true});"
            "document.dispatchEvent(new Event('visibilitychange'));"
        )
        page.requests()
        # Longer than two refreshes of a shown tab.
        start = driver.execute_script("return performance.now()")
        page.wait("eleven seconds", lambda: driver.execute_script("return performance.now()") - start > 11_000)
        assert not _refreshes(page), "a hidden tab was refreshed"
        driver.execute_script("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'));")
        page.wait("a refresh", lambda: _refreshes(page))
        page.has_empty_console()


def _refreshes(page):
    return [address for address in page.requests() if "/dashboard" in address and "/assets/" not in address]


def selection_pauses_refresh():
    with open_gateway() as running, chromium() as driver:
        page = Page(driver, running.url).sign_in().open()
        driver.execute_script("getSelection().selectAllChildren(document.querySelector('main h1'))")
        page.wait("the pause", lambda: "Paused" in page.text("[data-refresh-status]"))
        driver.execute_script("getSelection().removeAllRanges()")
        page.wait("the refresh", lambda: page.text("[data-refresh-status]") == "")
        page.has_empty_console()


def gateway_restarted():
    """Open pages say that the gateway is away, keep what they show, and recover; sessions end with the process."""
    with open_gateway() as running, chromium() as driver:
        send(running, [event(1)])
        page = Page(driver, running.url).sign_in().open("/events?name=api_request").sees("page-1")
        events_tab = driver.current_window_handle
        driver.switch_to.new_window("tab")
        live_tab = driver.current_window_handle
        page.open("/live").find("[data-live]")
        running.stop()
        page.wait("the notice of the stream", lambda: "reconnects" in page.text("[data-refresh-status]"))
        driver.switch_to.window(events_tab)
        page.wait("the notice", lambda: "does not answer" in page.text("[data-refresh-status]"))
        page.sees("page-1")
        running.start()
        page.wait("the end of the session", lambda: "session has ended" in page.text("[data-refresh-status]"))
        page.follow("Sign in")
        page.find("input[name=key]").send_keys(ADMIN_KEY, Keys.ENTER)
        page.wait("the page that was open", lambda: page.path == "/dashboard/events" and "name=api_request" in driver.current_url)
        page.sees("page-1")
        # The stream connects again by itself, with the session that was opened in the other tab.
        driver.switch_to.window(live_tab)
        page.wait("the stream", lambda: send(running, [event(2)]) or page.all("[data-live] tbody tr"))
        page.has_empty_console(but=[EXPECTED, "net::ERR_"])


class HostilePage(http.server.BaseHTTPRequestHandler):
    """Pages of somebody else: /form posts itself, /frame shows the dashboard in a frame."""

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        target = urllib.parse.parse_qs(address.query).get("target", [""])[0]
        pages = {
            "/form": f"""<form method="post" action="{target}/dashboard/clients/create"><input name="client" value="client-0">
                </form><script>window.onload = () => document.forms[0].submit();</script>""",
            "/frame": f"""<iframe src="{target}/dashboard" onload="document.title = 'framed'"></iframe>""",
        }
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>hostile</title>{pages.get(address.path, '')}".encode())

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def hostile_server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), HostilePage) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()


def hostile_page():
    """A page on another port can neither send a form of ours nor frame a page of ours."""
    with open_gateway() as running, hostile_server() as hostile, chromium() as driver:
        page = Page(driver, running.url).sign_in().open("/clients")
        keys = len(page.all("main tbody tr"))
        target = urllib.parse.quote(running.url)
        driver.get(f"{hostile}/form?target={target}")
        page.wait("the refusal", lambda: driver.current_url.startswith(running.url))
        page.open("/clients")
        page.wait("the clients", lambda: page.all("main section"))
        assert len(page.all("main tbody tr")) == keys, "a page of another site made a key"
        driver.get(f"{hostile}/frame?target={target}")
        page.wait("the frame", lambda: driver.title == "framed")
        driver.switch_to.frame(0)
        assert "Tollgate" not in driver.page_source, "a page of another site frames the dashboard"


def without_administration():
    """A key without the scope `admin` sees none of the administration."""
    with open_gateway() as running, chromium() as driver:
        send(running, [event(1)])
        page = Page(driver, running.url).sign_in(KEY)
        names = [link.text for link in page.all("nav.side a")]
        assert "Events" in names and "Clients" not in names and "Log" not in names, names
        page.open("/clients").sees("admin")
        page.has_empty_console(but=[EXPECTED])


if __name__ == "__main__":
    run(
        [
            sign_in_and_out,
            every_screen_is_accessible,
            keyboard_alone,
            without_script,
            revoked_key,
            revoke_on_the_page,
            hidden_tab,
            selection_pauses_refresh,
            gateway_restarted,
            hostile_page,
            without_administration,
        ]
    )

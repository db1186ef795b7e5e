"""Signs in through the pages as a person does, and looks at what comes of it: code, scopes, device, sign-out, live page."""
import base64
import hashlib
import http.server
import os
import pathlib
import secrets
import sys
import tempfile
import threading
import urllib.parse

import requests
from selenium import webdriver
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

ISSUER = os.environ["MOCKOAUTH_ISSUER"]
CLIENT_ID = os.environ["MOCKOAUTH_CLIENT_ID"]
CONTROL = os.environ["MOCKOAUTH_CONTROL"]
SHOTS = pathlib.Path(sys.argv[1]) / "screenshots"
LIMIT = 20  # Seconds until a page that does not come counts as missing.


def check(what, seen, expected):
    if seen != expected:
        sys.exit(f"{what}: saw {seen!r}, expected {expected!r}")
    print(f"{what}: {seen!r}")


class Callback(http.server.BaseHTTPRequestHandler):
    """The application's own redirection endpoint."""
    received = []
    arrived = threading.Event()

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        self.send_response(200 if url.path == "/callback" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>app</title><h1>Back in the application</h1>")
        if url.path == "/callback":
            self.received.append(dict(urllib.parse.parse_qsl(url.query)))
            self.arrived.set()

    def log_message(self, *_):
        pass

    @classmethod
    def take(cls):
        if not cls.arrived.wait(LIMIT):
            sys.exit("the browser did not come back to the application")
        cls.arrived.clear()
        return cls.received.pop()


def browser(profile, with_script):
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                     "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", f"--user-data-dir={profile}", "--window-size=900,900"):
        options.add_argument(argument)
    if not with_script:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


class Person:
    def __init__(self, driver):
        self.driver = driver

    def field(self, name):
        return self.driver.find_element(By.NAME, name)

    def press(self, action):
        self.driver.find_element(By.CSS_SELECTOR, f'button[name=action][value={action}]').click()

    def reads(self, text):
        try:
            # The next page may come between finding an element and reading it; the driver has several words for that.
            WebDriverWait(self.driver, LIMIT, ignored_exceptions=[WebDriverException]).until(
                lambda driver: text in driver.find_element(By.TAG_NAME, "body").text)
        except TimeoutException:
            sys.exit(f"the page does not say {text!r}; it says: {self.driver.find_element(By.TAG_NAME, 'body').text!r}")
        print(f"the page says: {text}")

    def shoot(self, name):
        self.driver.save_screenshot(str(SHOTS / f"{name}.png"))

    def shoot_whole(self, name):
        """What is below the window's edge, too."""
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
        (SHOTS / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    def sign_in_by_keyboard(self, username, password):
        # The first field has the focus already; Enter is the first button.
        WebDriverWait(self.driver, LIMIT, ignored_exceptions=[WebDriverException]).until(
            lambda driver: driver.switch_to.active_element.get_attribute("name") == "username", "the first field does not get the focus")
        field = self.driver.switch_to.active_element
        field.clear()
        field.send_keys(username, Keys.TAB)
        self.driver.switch_to.active_element.send_keys(password, Keys.ENTER)


meta = requests.get(ISSUER + "/.well-known/openid-configuration", timeout=10).json()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Callback)
threading.Thread(target=server.serve_forever, daemon=True).start()
REDIRECT_URI = f"http://127.0.0.1:{server.server_port}/callback"
SHOTS.mkdir(parents=True, exist_ok=True)


def authorization_url(verifier, **changes):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    parameters = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI, "scope": "openid profile email offline_access api.read",
                  "state": "s1", "code_challenge": challenge, "code_challenge_method": "S256", **changes}
    return meta["authorization_endpoint"] + "?" + urllib.parse.urlencode(parameters)


def redeem(code, verifier):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "client_id": CLIENT_ID, "code_verifier": verifier}
    return requests.post(meta["token_endpoint"], data=form, timeout=10).json()


def sign_in(person):
    verifier = secrets.token_urlsafe(48)
    person.driver.get(authorization_url(verifier))
    person.reads("Sign in to")
    person.shoot("login")
    person.sign_in_by_keyboard("ada", "wrong")
    person.reads("Wrong user name or password.")
    person.shoot("login-wrong")
    person.driver.find_element(By.NAME, "password").send_keys("anything else", Keys.ENTER)
    person.reads("Signed in as")
    person.shoot("consent")
    person.driver.set_window_size(500, 800)
    person.shoot("consent-narrow")
    person.driver.set_window_size(900, 900)
    for box in person.driver.find_elements(By.NAME, "scope"):
        if box.get_attribute("value") == "email":
            box.find_element(By.XPATH, "./..").click()  # Its label.
    person.press("approve")
    person.reads("Back in the application")
    back = Callback.take()
    check("the state came back", back["state"], "s1")
    check("what was unticked is not granted", redeem(back["code"], verifier)["scope"], "openid profile offline_access api.read")


def deny(person):
    person.driver.get(authorization_url(secrets.token_urlsafe(48)))
    person.reads("Signed in as")
    person.press("deny")
    person.reads("Back in the application")
    check("denied", Callback.take()["error"], "access_denied")


def connect_device(person):
    device = requests.post(meta["device_authorization_endpoint"], data={"client_id": CLIENT_ID, "scope": "openid api.read"}, timeout=10).json()
    person.driver.get(device["verification_uri"])
    person.reads("Code shown on your device")
    person.shoot("device-code")
    person.field("user_code").send_keys(device["user_code"].lower(), Keys.ENTER)
    person.reads(device["user_code"])
    person.shoot("device")
    person.press("approve")
    person.reads("Device connected")
    person.shoot("device-done")
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": device["device_code"], "client_id": CLIENT_ID}
    check("the device has its token", "access_token" in requests.post(meta["token_endpoint"], data=form, timeout=10).json(), True)


def see_errors_and_leave(person):
    person.driver.get(authorization_url(secrets.token_urlsafe(48), client_id="nobody"))
    person.reads("This sign-in link does not work")
    person.shoot("error")
    person.driver.get(meta["end_session_endpoint"])
    person.reads("Sign out of")
    person.shoot("logout")
    person.press("sign_out")
    person.reads("Signed out")
    person.driver.get(authorization_url(secrets.token_urlsafe(48)))
    person.reads("Password")


def watch(person):
    person.driver.get(CONTROL + "/")
    person.reads("Control token")
    person.driver.find_element(By.ID, "token").send_keys(os.environ.get("MOCKOAUTH_CONTROL_TOKEN", "shown-to-the-live-page"), Keys.ENTER)
    person.reads("/token · authorization_code")
    requests.get(ISSUER + "/.well-known/openid-configuration", timeout=10)
    requests.get(os.environ["MOCKOAUTH_RESOURCE"], timeout=10)
    person.reads("/resource")
    rule = {"name": "an outage", "when": {"endpoint": "resource"}, "fault": "oauth.refuse", "arguments": {"condition": "maintenance"}}
    requests.post(CONTROL + "/realms/default/faults", json=rule, headers={"Authorization": "Bearer shown-to-the-live-page"}, timeout=10).raise_for_status()
    person.reads("an outage")
    requests.get(os.environ["MOCKOAUTH_RESOURCE"], timeout=10)
    person.reads("⚡ oauth.refuse")
    steps = {"name": "two steps", "when": {"endpoint": "resource"}, "then": [{"fault": "behave"}, {"fault": "connection.reset"}]}
    requests.post(CONTROL + "/realms/default/faults", json=steps, headers={"Authorization": "Bearer shown-to-the-live-page"}, timeout=10).raise_for_status()
    person.reads("two steps: behave, connection.reset")
    requests.get(os.environ["MOCKOAUTH_RESOURCE"], timeout=10)
    try:
        requests.get(os.environ["MOCKOAUTH_RESOURCE"], timeout=10)
        sys.exit("the answer was not lost")
    except requests.ConnectionError:
        person.reads("✂ reset before_answer")
    person.driver.set_window_size(1200, 900)
    person.shoot_whole("live")
    wide = person.driver.execute_script(
        "return [...document.querySelectorAll('svg text')].filter(text => { const box = text.getBBox(); return box.x + box.width > 980; }).map(text => text.textContent)")
    check("no text leaves the diagram", wide, [])
    long = person.driver.execute_script(
        "return [...document.querySelectorAll('svg .label')].filter(text => { const box = text.getBBox(); return box.x < 500 && box.x + box.width > 630; }).map(text => text.textContent)")
    check("no label is longer than its arrow", long, [])
    errors = [entry for entry in person.driver.get_log("browser") if "Content Security Policy" in entry["message"]]
    check("nothing broke the page's own policy", errors, [])


with tempfile.TemporaryDirectory() as profile:
    driver = browser(profile, with_script=False)
    try:
        for step in (sign_in, deny, connect_device, see_errors_and_leave):
            step(Person(driver))
    finally:
        driver.quit()
with tempfile.TemporaryDirectory() as profile:
    driver = browser(profile, with_script=True)
    try:
        watch(Person(driver))
    finally:
        driver.quit()

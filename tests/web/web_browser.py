"""Two browsers: Person reads pages with a strict HTML5 parser and fills in forms, Chrome is Chromium."""
import re
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import html5lib
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from support.demo import BUILD
from support.http import Client

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SHOTS = BUILD / "shots"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def tag(element):
    return element.tag if isinstance(element.tag, str) else "!"


INLINE = {"a", "b", "button", "code", "label", "span", "strong", "summary"}


def text_of(element):
    inner = (element.text or "") + "".join(text_of(e) + (e.tail or "") for e in element)
    return inner if tag(element) in INLINE else f" {inner} " if tag(element) != "!" else ""


def words(element):
    """The text of an element, its white space as a browser shows it."""
    return " ".join(text_of(element).split())


class Page:
    """One answer: .status .headers .url, and, of a page, .tree .text .title .messages .forms."""

    def __init__(self, answer):
        self.answer, self.status, self.headers, self.url = answer, answer.status_code, answer.headers, answer.url
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            self.read(answer.content.decode("utf-8"))

    def read(self, html):
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        self.html, self.tree = html, parser.parse(html)
        self.text = words(self.tree.find("body"))
        self.title = words(self.tree.find("head/title"))
        self.messages = [words(e) for e in self.find(cls="message")]

    def find(self, name=None, cls=None, **attributes):
        """All elements of a name, of a class, with these attributes."""
        return [e for e in self.tree.iter() if (name is None or tag(e) == name)
                and (cls is None or cls in e.get("class", "").split())
                and all(e.get(k.rstrip("_")) == v for k, v in attributes.items())]

    def links(self):
        return {words(a): a.get("href") for a in self.find("a")}

    def form(self, button):
        """The form with a button of these words: its action, and its fields as a browser would send them."""
        for form in self.find("form"):
            for b in form.iter("button"):
                if words(b) == button:
                    fields = {e.get("name"): e.get("value", "") for e in form.iter("input") if e.get("name")
                              and not (e.get("type") == "checkbox" and e.get("checked") is None)}
                    fields.update({e.get("name"): "".join(e.itertext()) for e in form.iter("textarea")})
                    if b.get("name"):
                        fields[b.get("name")] = b.get("value", "")
                    return SimpleNamespace(action=urljoin(self.url, form.get("action") or self.url), fields=fields,
                                           multipart=form.get("enctype") == "multipart/form-data")
        raise AssertionError(f"no button {button!r} on {self.url}: {self.text}")

    def errors(self):
        return [words(e) for e in self.find(cls="error")]


class Person(Client):
    """Walks through pages as someone without JavaScript does: by links and forms, following redirects."""

    def __init__(self, url, **headers):
        super().__init__(url)
        self.session.headers.update({"Accept": BROWSER, **headers})

    def open(self, path, **more):
        return Page(self.get(path, **{"allow_redirects": True, **more}))

    def submit(self, page, button, follow=True, drop=(), **fields):
        """Presses a button after filling in fields; a value None unticks. drop: fields that are not sent."""
        form = page.form(button)
        sent = {**form.fields, **fields}
        sent = {k: v for k, v in sent.items() if v is not None and k not in drop}
        body = {"files": {k: (None, v) for k, v in sent.items()}} if form.multipart else {"data": sent}
        parts = urlsplit(form.action)
        return Page(self.post(parts.path + ("?" + parts.query if parts.query else ""), allow_redirects=follow, **body))

    def sign_in(self, user, password=None, path="/login/"):
        page = self.submit(self.open(path), "Log In", username=user.name, password=password or user.password)
        self.user = user
        return page

    def cookie(self, name="sessionid"):
        return self.session.cookies.get(name)

    def signed_in(self):
        """Whether a page that needs a user is shown."""
        return self.get("/user/profile/").status_code == 200


def gone(element):
    """Whether an element's page was left; in between, chromedriver has several ways to say so."""
    try:
        element.is_enabled()
        return False
    except WebDriverException:
        return True


class Chrome:
    """Headless Chromium. Only what a person can do: open(), click(words), fill(label, text), press(keys), read."""

    def __init__(self, script):
        self.profile = tempfile.mkdtemp(prefix="postern-chrome-")
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync",
                     "--disable-dev-shm-usage", "--no-proxy-server", f"--user-data-dir={self.profile}"):
            options.add_argument(flag)
        if not script:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_page_load_timeout(30)

    def quit(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def fresh(self, url):
        self.url = url.rstrip("/")
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.look()
        return self

    def look(self, width=1280, height=900, dark=False):
        """The window's size and the scheme of colours that its user prefers."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                    {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def open(self, path):
        self.driver.get(self.url + path)

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.url)

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def clickable(self, visible):
        """What can be clicked and carries exactly these visible words."""
        for e in self.driver.find_elements(By.CSS_SELECTOR, "a, button, summary, label"):
            if e.is_displayed() and e.text.split("\n")[0].strip() == visible:
                return e
        return None

    def click(self, visible):
        WebDriverWait(self.driver, 10).until(lambda _: self.clickable(visible), f"{visible!r} is not on {self.path}:\n{self.text}")
        e = self.clickable(visible)
        if e.tag_name in ("summary", "label") or e.get_attribute("data-copy"):
            e.click()
        else:
            self.going(e.click)

    def going(self, act):
        """Does what leads to another page, and waits for that."""
        old = self.find("html")[0]
        act()
        WebDriverWait(self.driver, 10).until(lambda _: gone(old))
        WebDriverWait(self.driver, 10).until(lambda d: d.execute_script("return document.readyState") == "complete")

    def field(self, label):
        for e in self.driver.find_elements(By.TAG_NAME, "label"):
            if re.sub(r"\s*\(.*\)$", "", e.text.strip()) == label:
                return self.driver.find_element(By.ID, e.get_attribute("for"))
        raise AssertionError(f"no field {label!r} on {self.path}:\n{self.text}")

    def fill(self, label, text):
        field = self.field(label)
        field.clear()
        field.send_keys(text)

    def sign_in(self, name, password):
        self.fill("Username", name)
        self.fill("Password", password)
        self.click("Log In")

    def press(self, *keys):
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def press_to_go(self, key):
        self.going(lambda: self.press(key))

    def find(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def axe(self):
        """What axe-core finds wrong with the page, in words."""
        self.driver.execute_script(AXE.read_text())
        found = self.driver.execute_async_script("const done = arguments[0]; axe.run(document).then(r => done(r.violations))")
        return [f"{v['id']}: {v['help']}: {[n['html'] for n in v['nodes']][:3]}" for v in found]

    def shoot(self, name):
        """The whole page in light, dark and at a phone's width, as BUILD/shots/NAME-*.png; nothing may be wider than the window."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        for kind, look in {"light": {}, "dark": {"dark": True}, "phone": {"width": 380, "height": 760}}.items():
            self.look(**look)
            size = self.driver.execute_script("const d = document.documentElement; return [d.scrollWidth, d.clientWidth, d.scrollHeight]")
            assert size[0] <= size[1], f"{name} is {size[0]} wide in a window of {size[1]}"
            self.look(**{**look, "height": min(max(size[2], 600), 4000)})
            self.driver.save_screenshot(str(SHOTS / f"{name}-{kind}.png"))
        self.look()

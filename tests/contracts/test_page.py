"""What ``srtheory explore`` promises to every request: an answer, soon, that is right or says what would be."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest

from srtheory.explore import jobs
from srtheory.explore.items import INTERNAL, Item, Refused, Runs, compute, keep, trials_of
from srtheory.explore.jobs import MOST_PAGES
from srtheory.explore.picture import figure
from srtheory.explore.state import VIEWS, State, World, number, query_of, read
from srtheory.explore.views import Plan, plan
from srtheory.questions.words import read_times
from tests.cli.conftest import Run, run, svg_alone  # noqa: F401  (fixtures)
from tests.explore.printed import SETTINGS, agree, every_command, shown_by_commands, shown_by_table

PATIENCE = 120.0
"""Seconds for what a page does, used up only by a page that hangs."""
SLOW = "kstwo(n=1000000)"
"""A start-up distribution whose median alone takes scipy minutes."""


class Browser:
    """What a browser does for a page, without drawing it: it sends the page's values, and keeps what comes back."""

    def __init__(self, address: str, cookie: str = "") -> None:
        self.place, _, query = address.removeprefix("http://").partition("/")
        self.cookie, self.values = cookie, {}
        if query:
            status, headers, _ = self.request("GET", f"/{query}")
            assert status == 302
            self.cookie = headers["Set-Cookie"].partition(";")[0]
        if self.cookie:
            self.callbacks, self.layout = (
                json.loads(self.request("GET", f"/_dash-{name}")[2]) for name in ("dependencies", "layout")
            )

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, bytes]:
        """Status, headers and content of an answer."""
        connection = http.client.HTTPConnection(self.place, timeout=PATIENCE)
        sent = {"Cookie": self.cookie, **({"Content-Type": "application/json"} if body is not None else {})}
        connection.request(method, path, body, {name: its for name, its in (sent | headers).items() if its})
        answer = connection.getresponse()
        found = answer.status, answer.headers, answer.read()
        connection.close()
        return found

    def body(self, ending: str, *moved: str) -> dict[str, Any]:
        """The body that a browser sends for the callback whose first input or output is this."""
        [its] = [
            c
            for c in self.callbacks
            if c["clientside_function"] is None
            and (ending in c["output"] if "." in ending else c["inputs"][0]["id"] == ending)
        ][:1]
        parts = [
            dict(zip(("id", "property"), part.split("."), strict=True))
            for part in its["output"].strip(".").split("...")
        ]
        valued = {
            kind: [{**one, "value": self.values.get(f"{one['id']}.{one['property']}")} for one in its[kind]]
            for kind in ("inputs", "state")
        }
        outputs = parts if its["output"].startswith("..") else parts[0]
        return {"output": its["output"], "outputs": outputs, **valued, "changedPropIds": list(moved)}

    def post(self, body: Any) -> int:
        """Send a body, and keep what comes back."""
        status, _, content = self.request("POST", "/_dash-update-component", json.dumps(body).encode())
        if status == 200:
            for name, its in json.loads(content)["response"].items():
                for prop, value in its.items():
                    self.values[f"{name}.{prop.partition('@')[0]}"] = value
        return status

    def open(self, query: str) -> int:
        """Open the link in this page, and return the status of the first answer."""
        name = self.values.get("page.data")
        self.values = dict(_valued(self.layout)) | {"asked.data": f"{query}#1", "page.data": name or uuid4().hex}
        return self.post(self.body("asked", "asked.data"))

    def look(self) -> int:
        """Do what the page does at a tick."""
        self.values["tick.n_intervals"] = (self.values.get("tick.n_intervals") or 0) + 1
        self.values["again.data"] = None
        status = self.post(self.body("tick", "tick.n_intervals"))
        return self.post(self.body("asked", "again.data")) if self.values["again.data"] is not None else status

    def finish(self, answered: bool = False) -> None:
        """Look until nothing is left to be computed, or until there is an answer."""
        end = time.monotonic() + PATIENCE
        while self.values.get("late.data") if answered else not self.values["working.hidden"]:
            assert self.look() in (200, 204)
            assert time.monotonic() < end, self.values["bar-says.children"]
            time.sleep(0.05)

    def set(self, name: str, value: Any) -> int:
        """Set a field, as a reader does."""
        self.values[f"{name}.value"] = value
        return self.post(self.body("asked", f"{name}.value"))

    @property
    def errors(self) -> dict[str, str]:
        """What the page says beside fields."""
        ending = "-error.children"
        return {name.removesuffix(ending): text for name, text in self.values.items() if name.endswith(ending) and text}

    @property
    def curves(self) -> list[dict[str, Any]]:
        """The curves of the picture."""
        return list(self.values["picture.figure"]["data"])

    @property
    def notes(self) -> str:
        """What is told below the picture."""
        return " ".join(note["props"]["children"] for note in self.values["notes.children"] or ())

    @property
    def table(self) -> tuple[list[str], list[list[str]]]:
        """The header and the cells of the table."""
        rows = [[_text(cell) for cell in row["props"]["children"]] for row in _rows(self.values["table.children"])]
        return rows[0], rows[1:]


def _valued(part: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(part, list):
        for one in part:
            yield from _valued(one)
    elif isinstance(part, dict) and "props" in part:
        props = part["props"]
        if "id" in props:
            yield from (
                (f"{props['id']}.{name}", value) for name, value in props.items() if name not in ("id", "children")
            )
        yield from _valued(props.get("children"))


def _rows(part: Any) -> Iterator[Any]:
    for one in part if isinstance(part, list) else [part]:
        if isinstance(one, dict):
            if one["type"] == "Tr":
                yield one
            else:
                yield from _rows(one["props"]["children"])


def _text(cell: Any) -> str:
    return str(cell["props"]["children"])


TOKEN = "the-token"


@contextmanager
def answering(token: str | None) -> Iterator[str]:
    """The address of a server; whoever asks something else need not import Dash."""
    from srtheory.explore.page import serve

    server, explorer = serve(World(), token=token)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{server.host}:{server.port}/"
    finally:
        server.shutdown()
        server.server_close()
        explorer.pages.end()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with answering(TOKEN) as its:
        yield its


@pytest.fixture(scope="module")
def page(address: str) -> Browser:
    return Browser(f"{address}?token={TOKEN}")


# ------------------------------------------------------------------------------------------------ values of fields

SMALL = {
    "tail": "symbols=12&degree=3&tau=0.1&schemes=parts-cyclic&until=2",
    "degree": "symbols=6&degree=3&tau=0.1&schemes=parts-cyclic",
    "frontier": "symbols=4&degree=2&tau=0.1&schemes=parts-cyclic&trials=2",
    "coverage": "symbols=6&degree=3&tau=0.1&until=2",
    "guarantee": "symbols=6&degree=3&tau=0.1&until=2",
    "run": "symbols=6&degree=3&tau=0.1",
}
"""A setting of each view that takes no time."""
BAD = {
    "view": ("Tail", "page"),
    "symbols": ("0", "-4", "1.5", "1e3", "1_0", "nan", "100001", ""),
    "degree": ("0", "two", "100001", ""),
    "tau": ("0", "-1", "inf", "nan", "1e999", "1.1e100", ""),
    "startup": ("expon(scale=-5)", "norm(loc=0)", "f()", "expon(scale=1)(2)", "sample:/etc/passwd", "ncf(1, 1, 1)", ""),
    "message_cost": ("-1", "nan", "1e101", "-5e-324", "1.1e100"),
    "master_time": ("-0.1", "inf", "-5e-324"),
    "silent": ("1", "-0.1", "nan", "-5e-324"),
    "schemes": ("", "none", "sr,/tmp/x.py::X", "os.py::path"),
    "options": ("colour=3", "cap", "cap=x"),
    "pin": ("tau=0", "colour=3", "x"),
    "more": ("colour=3", "tau", "tau=norm()", "tau=sample:delays.txt", "link=post", "target=terms(0)", "phases=2"),
    "at": ("-1", "0", "inf", "1.1e100"),
    "until": ("-1", "0", "x", "1.1e100"),
    "rows": ("-1", "x", "1000000001"),
    "quantile": ("0", "1", "-1", "nan"),
    "trials": ("0", "2001", "1.5"),
    "seed": ("-1", "x", str(2**128)),
    "step": ("-1", "1000001", "x"),
}
HOSTILE = (
    *("x" * 5000, "9" * 5000, "(" * 300, "\x00", "\u0663", "\U0001f600", "\ud800", "<script>alert(1)</script>"),
    *("a\r\nSet-Cookie: a=b", "__import__('os').abort()", "expon(scale=open('x'))", "../../etc/passwd", "{{7*7}}"),
    *("%s%n", "' OR 1=1 --", "&=;?#", "tau=expon(scale=1e400)"),
)  # fmt: skip
FIELDS = tuple(its.name for its in fields(State))


def test_every_field_has_its_bad_values() -> None:
    assert set(BAD) == set(FIELDS)
    assert set(SMALL) == set(VIEWS) == set(REACH)


def linked(view: str, given: Mapping[str, str] | None = None) -> str:
    texts = query_of(SMALL[view]) | {"view": view} | dict(given or {})
    return "?" + "&".join(f"{name}={quote(text.encode('utf-8', 'surrogatepass'))}" for name, text in texts.items())


def test_bad_values_in_a_link_are_told_beside_their_fields(page: Browser) -> None:
    """A link in which every field is bad; of what is long, as much as a link may be."""
    most = max(map(len, BAD.values()))
    every = [{name: its[i % len(its)] for name, its in BAD.items()} for i in range(most)]
    every += [dict.fromkeys(FIELDS[i::6] if len(text) > 1000 else FIELDS, text) for i, text in enumerate(HOSTILE[::2])]
    for i, given in enumerate(every):
        given.pop("schemes" if i % 2 else "options", None)  # options are those of the schemes
        assert page.open(linked(list(VIEWS)[i % len(VIEWS)], given)) == 200
        page.finish(answered=True)
        told = given.keys() - {"view", "step", "degree"}  # which have no field, or one that says more
        assert page.errors.keys() - {"degree"} == told, (given, page.errors)
        assert all(len(page.errors[name]) > 10 for name in told)


@pytest.mark.parametrize("name", FIELDS)
def test_each_bad_value_is_told_by_its_field_alone(name: str) -> None:
    for text in (*BAD[name], *HOSTILE):
        assert read(query_of(linked("tail", {name: text})), World())[1].keys() == {name}, text


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in ("view", "step", "schemes")])
def test_a_bad_value_in_a_field_is_told_and_the_picture_stays(page: Browser, name: str) -> None:
    assert page.open(linked("coverage")) == 200
    page.finish()
    before = page.values["link.href"], page.curves
    for text in (BAD[name][0], HOSTILE[FIELDS.index(name) % len(HOSTILE)]):
        if name == "startup":
            page.values["law.value"] = "other"
        assert page.set("law-given" if name == "startup" else name, text) == 200
        page.finish(answered=True)
        assert page.errors.keys() == {name}, text
        assert (page.values["link.href"], page.curves) == before


ODD = {
    "symbols": "13",
    "degree": "3",
    "tau": "0.07",
    "startup": "pareto(b=2)",
    "message_cost": "0.03",
    "silent": "0.04",
    "schemes": "lt,parts-cyclic",
    "options": "cap=2",
    "more": "death=expon(scale=50)",
    "at": "1.7",
    "until": "2.3",
    "trials": "11",
    "seed": "5",
    "quantile": "0.95",
    "master_time": "0.002",
    "rows": "17",
    "step": "4",
    "pin": State(tau=0.3).query(),
}
"""A value of each field that is no default."""
MODEL = ("symbols", "degree", "tau", "startup")
REACH = {
    "tail": (*MODEL, "message_cost", "master_time", "silent", "options", "at", "trials", "seed"),
    "degree": (*MODEL, "message_cost", "master_time", "silent", "options", "trials", "seed"),
    "frontier": (*MODEL, "message_cost", "master_time", "silent", "options", "trials", "seed"),
    "coverage": (*MODEL, "message_cost", "silent", "at"),
    "guarantee": (*MODEL, "message_cost", "silent", "at"),
    "run": (*MODEL, "seed"),
}
"""Fields whose values a view's commands have as options."""
OPTIONS = {"options": "option", "at": ("at", "by-time"), "rows": "by-rows"}


@pytest.mark.parametrize("view", VIEWS)
def test_each_field_reaches_the_command(page: Browser, view: str) -> None:
    given = {
        name: text for name, text in ODD.items() if view in ("tail", "degree", "frontier") or name != "master_time"
    }
    if view == "run":
        given = {name: text for name, text in given.items() if name not in ("message_cost", "silent", "more")}
    assert page.open("?" + urlencode({"view": view} | given)) == 200
    page.finish()
    assert page.errors == {}
    words = [shlex.split(line) for line in page.values["commands.children"].splitlines()]
    pairs = {pair for line in words for pair in pairwise(line)}
    for name in REACH[view]:
        options = OPTIONS.get(name, name.replace("_", "-"))
        options = (options,) if isinstance(options, str) else options
        its = {*pairs, *((one, number(t)) for one, two in pairs if ":" in two for t in read_times(two))}
        assert any((f"--{option}", given[name]) in its for option in options), name
    assert view == "run" or ("--death", "expon(scale=50)") in pairs
    if view == "tail":
        assert min(max(read_times(at)) for option, at in pairs if option == "--at" and ":" in at) <= 2.3  # not pinned
        assert all(any(name in line for line in words) for name in ("lt", "parts-cyclic"))
    if view == "degree":
        assert "0.95 quantile" in page.table[0][2]
    if view == "frontier":
        assert ("--schemes", "lt,parts-cyclic") in pairs
    if view == "run":
        assert len(page.table[1]) == 4
    if view in ("coverage", "guarantee"):
        assert (
            page.open("?" + urlencode({"view": view, "symbols": "13", "degree": "3", "tau": "0.07", "rows": "17"}))
            == 200
        )
        page.finish()
        assert "--by-rows 17" in page.values["commands.children"]


@pytest.mark.share(2)
@pytest.mark.usefixtures("svg_alone")
@pytest.mark.parametrize(("view", "query"), [(view, query) for view, its in SETTINGS.items() for query in its])
def test_numbers_are_those_of_the_commands(run: Run, tmp_path: Path, page: Browser, view: str, query: str) -> None:  # noqa: F811
    assert page.open(f"?view={view}&{query}") == 200
    page.finish()
    header, rows = page.table
    table = shown_by_table(rows, header)
    assert len(table) >= 1
    commands = every_command(page.values["commands.children"].splitlines(), header, rows)
    assert agree(table, list(shown_by_commands(run, commands, header, tmp_path)))


# ------------------------------------------------------------------------------------------------ requests by hand

JUNK = (
    *(True, False, -1, 10**30, 1.5, float("nan"), float("inf"), "", "x", "\ud800", [], [1], [None], {}, {"a": 1}, None),
)


def test_wrong_types_by_hand_are_refused(page: Browser) -> None:
    """Each property has a value that none may have, and then two of all, in turn."""
    assert page.open(linked("tail")) == 200
    bad = [value for value in JUNK if isinstance(value, bool | dict) or value == [1]]
    for name in ("asked", "tick", "stop"):
        body = page.body(name)
        for i, one in enumerate([*body["inputs"], *body["state"]]):
            for value in (bad[i % len(bad)], JUNK[2 * i % len(JUNK)], JUNK[(2 * i + 1) % len(JUNK)]):
                kept, one["value"] = one["value"], value
                if one["id"] != "page" or value in bad:
                    status = page.request("POST", "/_dash-update-component", json.dumps(body).encode())[0]
                    assert status in ((400,) if value in bad else (200, 204, 400)), (one, value)
                one["value"] = kept


def test_other_bodies_are_refused(page: Browser) -> None:
    from srtheory.explore.page import MOST_BODY

    assert page.open(linked("tail")) == 200
    body = page.body("asked", "asked.data")
    bodies: list[Any] = [*JUNK, *({**body, name: value} for name in body for value in JUNK if value != [])]
    bodies += [
        {name: its for name, its in body.items() if name != left} for left in ("output", "outputs", "inputs", "state")
    ]
    bodies += [{**body, "output": "link.title"}, {**body, "inputs": body["inputs"][:-1]}, {**body, "inputs": [body]}]
    for its in bodies:
        assert page.request("POST", "/_dash-update-component", json.dumps(its).encode())[0] == 400, its
    for raw in (b"", b"{", b"\xff", b"[" * 50000, b"9" * 6000):
        assert page.request("POST", "/_dash-update-component", raw)[0] == 400
    assert page.request("POST", "/_dash-update-component", b" " * (MOST_BODY + 1))[0] == 413


def test_paths_that_are_not_there_are_404(page: Browser) -> None:
    suites = ("os/x.js", "%2e%2e/x.py", "dash/%2e%2e/x")
    for path in (
        *("/nothing", "/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/assets/%2e%2e/page.py", "/assets/", "/static/x"),
        *(*(f"/_dash-component-suites/{its}" for its in suites), "//evil.example/", "/%00", "/%ff"),
    ):
        assert page.request("GET", path)[0] == 404, path
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert page.request(method, "/")[0] in (405, 501)


def test_no_other_page_may_show_it(page: Browser) -> None:
    for path in ("/", "/_dash-layout", "/assets/explore.css", "/nothing"):
        assert "frame-ancestors 'none'" in page.request("GET", path)[1]["Content-Security-Policy"]


def test_who_does_not_know_the_token_gets_no_answer(address: str, page: Browser) -> None:
    stranger = Browser(address)
    name, _, right = page.cookie.partition("=")
    for cookie in ("", f"{name}=", f"{name}=x", f"{name}=\xe9", f"{name}={right}x", f"other={right}"):
        stranger.cookie = cookie
        for path in ("/", "/_dash-layout", "/_dash-dependencies", "/assets/explore.css", "/nothing", "/?token=x"):
            assert stranger.request("GET", path)[0] == 403, (cookie, path)
        assert stranger.request("POST", "/_dash-update-component", b"{}")[0] == 403
    status, headers, _ = Browser(address).request("GET", f"/?view=run&token={TOKEN}&symbols=12")
    assert (status, headers["Location"]) == (302, "/?view=run&symbols=12")
    assert {"HttpOnly", "SameSite=Strict"} <= set(headers["Set-Cookie"].split("; "))
    with answering(None) as open_to_all:
        assert Browser(open_to_all).request("GET", "/")[0] == 200


def test_other_sites_get_no_answer(page: Browser) -> None:
    for name, value, status in (
        *(("Origin", f"http://{page.place}", 200), ("Origin", "http://evil.example", 403), ("Origin", "null", 403)),
        *(("Host", "evil.example:80", 403), ("Host", "127.0.0.1.evil.example", 403), ("Host", "127.0.0.2", 403)),
    ):
        assert page.request("GET", "/_dash-layout", **{name: value})[0] == status, value


# ------------------------------------------------------------------------------------------------ many at a time


def test_what_one_page_asks_for_delays_no_other(page: Browser, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the other is answered nobody tells the slow one that it is too slow."""
    monkeypatch.setattr(jobs, "LONGEST", float("inf"))
    slow = Browser(f"{address}?token={TOKEN}")
    assert slow.open(f"?startup={SLOW}") == 200
    assert slow.values["late.data"]
    assert page.open(linked("tail")) == 200
    page.finish()
    assert page.curves
    slow.look()
    assert slow.values["late.data"]
    monkeypatch.setattr(jobs, "LONGEST", 0.0)
    slow.finish(answered=True)
    assert "take less than" in slow.errors["startup"]
    monkeypatch.setattr(jobs, "LONGEST", float("inf"))
    assert slow.open(linked("run")) == 200
    slow.finish()
    assert slow.errors == {}


def test_more_pages_than_are_kept_are_all_answered(address: str) -> None:
    first = Browser(f"{address}?token={TOKEN}")

    def visit(i: int) -> set[int]:
        its = Browser(address)
        its.cookie, its.callbacks, its.layout = first.cookie, first.callbacks, first.layout
        return {its.open(linked("run", {"seed": str(i)})), its.look(), its.look()}

    with ThreadPoolExecutor(8) as many:
        statuses = set().union(*many.map(visit, range(MOST_PAGES + 4)))
    assert statuses <= {200, 204}


def test_connections_that_ask_for_nothing_delay_no_other(page: Browser) -> None:
    from srtheory.explore.page import MOST_CONNECTIONS

    host, _, port = page.place.partition(":")
    silent = [socket.create_connection((host, int(port))) for _ in range(MOST_CONNECTIONS + 20)]
    assert page.request("GET", "/_dash-layout")[0] == 200
    for one in silent:
        one.close()


# ------------------------------------------------------------------------------------------------ pictures


@cache
def planned(view: str) -> tuple[Plan, dict[Item, Any]]:
    """A view and all its values."""
    state, problems = read(query_of(linked(view)), World())
    assert problems == {}
    made, found = plan(state, World()), {}
    for item in made.items:
        simulated = item.kind == "simulate"
        keep(found, item, trials_of(item, World(), range(int(item.at))) if simulated else compute(item, World()))
    return made, found


@pytest.mark.share(2)
@pytest.mark.parametrize("view", ["tail", "degree", "frontier", "coverage", "guarantee"])
def test_what_is_not_finished_is_drawn_as_points(view: str) -> None:
    made, whole = planned(view)
    lines = {
        trace["name"] for trace in figure(made.show(whole))["data"] if "lines" in trace["mode"] and len(trace["x"]) > 1
    }
    assert lines
    assert any(len(trace["x"]) for trace in figure(made.show({made.items[0]: whole[made.items[0]]}))["data"])
    drawn = figure(made.show(whole))["data"]
    for left in range(1, len(made.items), max(1, len(made.items) // 3)):
        some = {item: whole[item] for item in made.items[:left]}
        for trace in figure(made.show(some))["data"]:
            ends = [len(t["x"]) for t in drawn if t["name"] == trace["name"]]
            assert len(trace["x"]) in ends or trace["mode"] == "markers" or len(trace["x"]) < 2, trace["name"]


@pytest.mark.parametrize("view", VIEWS)
def test_a_value_that_fails_is_told_in_words(view: str) -> None:
    """All values, and then every second one: the curve has a gap, and nothing is joined across it."""
    made, whole = planned(view)
    failed = Refused(f"{INTERNAL} (planted)")
    assert INTERNAL in " ".join(made.show(dict.fromkeys(made.items, failed)).notes)
    half = {
        item: failed if i % 2 and not isinstance(whole[item], Runs) else whole[item]
        for i, item in enumerate(made.items)
    }
    shown = made.show(half)
    if failed in half.values() and view != "frontier":
        assert re.search(r"missing at \d+ of \d+ points|by rows: ", " ".join(shown.notes))
    assert figure(shown)["data"] or view == "run"


def test_bounds_are_drawn_where_they_are_proved() -> None:
    """Between two points a bound is that of the point from which it follows."""
    for view, name, holds in (
        *(("tail", "floor (proved)", min), ("guarantee", "SR: lower bound", min)),
        ("guarantee", "SR: upper bound", max),
    ):
        made, whole = planned(view)
        curves = figure(made.show(whole))["data"]
        [curve] = [its for its in curves if its["name"] == name and its["line"]["width"]]
        before = {"hv": True, "vh": False}[curve["line"]["shape"]]
        for a, b in pairwise(curve["y"]):
            drawn = a if before else b
            assert drawn is None or drawn == holds(y for y in (a, b) if y is not None), name


@pytest.mark.attack
def test_every_view_shows_something_as_the_page_is_opened(page: Browser) -> None:
    for view in VIEWS:
        assert page.open(f"?view={view}") == 200
        page.finish(answered=True)
        while not any(len(curve["x"]) for curve in page.curves):
            time.sleep(0.05)  # the processor is the worker's
            assert page.look() in (200, 204)
        assert page.errors == {}

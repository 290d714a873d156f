"""The page: fields, views and buttons in Dash, and the server on the loopback address."""

from __future__ import annotations

import hmac
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from socket import SHUT_RDWR, create_server
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, ctx, dcc, html, no_update
from dash import State as Given
from dash.exceptions import DependencyException, PreventUpdate
from flask import Response, abort, redirect, request
from werkzeug.serving import BaseWSGIServer, ThreadedWSGIServer, WSGIRequestHandler

from srtheory.environment import made_with
from srtheory.errors import ArgumentError
from srtheory.explore.items import INTERNAL
from srtheory.explore.jobs import Answer, Page, Pages
from srtheory.explore.picture import figure, table_text
from srtheory.explore.state import VIEWS, State, World, number, query_of
from srtheory.explore.views import View, progress
from srtheory.questions import words
from srtheory.questions.schemes import Schemes
from srtheory.schemes import ENTRIES, named, printed
from srtheory.theory import ENTRIES as LAWS

HOST = "127.0.0.1"
PLANNED, BUDGET = 1.0, 0.15
"""Seconds for which a view waits for its plan, and then for values, before it shows what is there."""
MOST_BODY = 2**17
"""Largest number of bytes of a request's body; a page's own have at most a link of 20 000 letters, twice."""
MOST_CONNECTIONS, IDLE = 64, 20.0
"""Largest number of connections, each of which has a thread, and seconds after which one that is silent is closed."""
POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'; form-action 'none'"
"""What a page may load: its own; Dash and Plotly write scripts and styles into it. No other page may show it."""
TICK = 400
"""Milliseconds between two looks at the background."""
_STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)


def _up_to(most: int) -> list[float]:
    return sorted({int(s * 10**p) for p in range(5) for s in _STEPS if s * 10**p <= most})


def _powers(first: int, end: int) -> list[float]:
    return [float(f"{s * 10.0**p:.3g}") for p in range(first, end) for s in _STEPS]


SLIDERS: dict[str, list[float]] = {
    "symbols": _up_to(10000),
    "degree": _up_to(1000),
    "tau": _powers(-5, 1),
    "message_cost": [0.0, *_powers(-4, 1)],
    "master_time": [0.0, *_powers(-5, 0)],
    "silent": [round(0.02 * i, 2) for i in range(46)],
}
NUMBERS = {
    "symbols": ("m", "terms, one worker each"),
    "degree": ("d", "terms in a block or part"),
    "tau": ("τ", "time per term"),
    "message_cost": ("κ", "worker's time per message"),
    "master_time": ("σ", "master's time per message"),
    "silent": ("ε", "probability of a silent worker"),
}
FINE = {
    "at": ("t", "marked time; empty: chosen"),
    "until": ("t to", "last time shown; empty: chosen"),
    "rows": ("n", "marked number of rows; empty: m"),
    "quantile": ("p", "quantile shown over d"),
    "trials": ("runs", "simulated runs"),
    "seed": ("seed", "of the simulations"),
    "options": ("options", "of schemes: key=value ..."),
    "more": ("model", "tau=LAW link=… target=terms(K) ..."),
}
SHAPES = {
    "expon": ("exponential", "scale=5"),
    "pareto": ("Pareto", "b=1"),
    "weibull_min": ("Weibull", "c=0.5"),
    "lognorm": ("lognormal", "s=1"),
    "uniform": ("uniform", "loc=0, scale=1"),
}
OTHER = "other"
PRESETS = {
    "The paper": State().query(),
    "Pareto delays": "startup=pareto(b=1)",
    "Heavy tails": "startup=pareto(b=0.5)&tau=0.002",
    "Costly messages": "view=frontier&symbols=300&tau=0.01&startup=pareto(b=1)&message_cost=0.05",
    "Silent workers": "silent=0.2&schemes=sr,parts-cyclic,parts-stream,uncoded,repetition,bcc",
}
"""Settings to begin with, as the queries of their links."""
FORMS = ("png", "svg", "csv")
FIELDS = (*NUMBERS, *FINE)
NEEDS = {
    "tail": ("at", "until", "trials", "seed", "options", "more"),
    "degree": ("quantile", "trials", "seed", "options", "more"),
    "frontier": ("trials", "seed", "options", "more"),
    "coverage": ("at", "until", "rows", "more"),
    "guarantee": ("at", "until", "rows", "more"),
    "run": ("seed",),
}
"""Fields of :data:`FINE` that a view shows."""
CONTROLS = (*FIELDS, "law", "law-given", "schemes", "view", "pin")
ERRORS = (*FIELDS, "startup", "schemes", "pin")
SHOWN = (
    *(("title", "children"), ("says", "children"), ("picture", "figure"), ("notes", "children")),
    *(("table", "children"), ("commands", "children"), ("bar", "value"), ("bar-says", "children")),
    *(("stop", "children"), ("working", "hidden"), ("tick", "disabled")),
)
"""Parts of the page that follow the values that are there."""


def law_parts(text: str, world: World) -> tuple[str, str]:
    """Return the choice and the parameters that the fields of a start-up distribution show."""
    if text in world.samples:
        return text, ""
    name, _, rest = text.partition("(")
    return (name, rest.removesuffix(")")) if name in SHAPES else (OTHER, text)


def law_text(choice: str, given: str) -> str:
    """Return the start-up distribution of the two fields, as a command reads it."""
    if choice.startswith("sample:"):
        return choice
    return given if choice == OTHER else f"{choice}({given})"


# ------------------------------------------------------------------------------------------------------- layout


def _typed(name: str, text: str) -> dcc.Input:
    return dcc.Input(id=name, type="text", value=text, debounce=0.5, autoComplete="off", className="typed")


def _slider(name: str, last: int, value: int) -> dcc.Slider:
    more = {"marks": None, "included": False, "updatemode": "drag", "allow_direct_input": False}
    return dcc.Slider(id=f"{name}-slider", min=0, max=last, step=1, value=value, **more)


def _label(name: str, sign: str, says: str) -> html.Label:
    return html.Label([html.B(sign), html.Span(says)], htmlFor=name, title=_meaning(name))


def _meaning(name: str) -> str | None:
    """Return what the option of a command says that is this field."""
    word = getattr(words, {"law": "Startup"}.get(name, name.title().replace("_", "")), None)
    return None if word is None else f"{words.field_of(name, word, None).word.says}."


def _help(world: World) -> html.Details:
    """Return the meaning of symbols, and what the schemes send."""
    more = {
        "T": "Latency: the time at which the sum can be recovered.",
        "M'": "Number of received rows from which the sum can be recovered.",
        "CC": "Number of received rows that cover every term.",
        "floor": "No scheme whose plans do not depend on the delays has a smaller latency (proved).",
        "genie": "No scheme at all has a smaller latency; it is a bound, and no scheme.",
        "terms, parts, cells": Schemes.__doc__.split("\n\n")[1],  # type: ignore[union-attr]
    }
    symbols = {
        sign: (_meaning(name) or f"{says}.").replace("TAU", "τ")
        for name, (sign, says) in {**NUMBERS, "law": ("F", ""), **FINE}.items()
    }
    schemes = {_shown(its.scheme): f"{its.sends} {its.use or ''}" for its in _listed(world).values()}
    parts = [part for name, says in (symbols | more | schemes).items() for part in (html.Dt(name), html.Dd(says))]
    return html.Details([html.Summary("Symbols and schemes"), html.Dl(parts)], className="help")


def _listed(world: World) -> dict[str, Any]:
    return {its.scheme: its for its in Schemes(several=tuple(map(named, world.schemes))).answer().schemes}


def _error(name: str) -> html.Div:
    return html.Div(id=f"{name}-error", className="error", role="alert")


def _field(name: str, sign: str, says: str, text: str) -> html.Div:
    parts = [_label(name, sign, says), _typed(name, text)]
    if name in SLIDERS:
        places = SLIDERS[name]
        parts.append(html.Div(_slider(name, len(places) - 1, _nearest(places, float(text))), className="bar"))
    where = [f"in-{view}" for view, names in NEEDS.items() if name in names or name in NUMBERS]
    return html.Div([*parts, _error(name)], className=" ".join(["field", *where]))


def _nearest(values: list[float], value: float) -> int:
    return min(range(len(values)), key=lambda i: abs(values[i] - value))


def _layout(world: World) -> html.Div:
    texts, first = State().texts(), State()
    choice, given = law_parts(first.startup, world)
    choices = {name: says for name, (says, _) in SHAPES.items()}
    choices |= {text: text.replace(":", " ", 1) for text in world.samples} | {OTHER: "other, of scipy.stats"}
    named = [
        {"label": f"{_shown(name)}{'' if name in LAWS else ' ○'}", "value": name, "title": f"{name}: {its.sends}"}
        for name, its in sorted(_listed(world).items(), key=lambda pair: pair[0] not in first.schemes)
    ]
    law = [
        _label("law", "F", "start-up distribution"),
        dcc.Dropdown(choices, choice, id="law", clearable=False, searchable=False),
        _typed("law-given", given),
        _error("startup"),
    ]
    presets = [html.A(name, href=f"?{query}", className="setting") for name, query in PRESETS.items()]
    fields, fine = ([_field(name, *its, texts[name]) for name, its in some.items()] for some in (NUMBERS, FINE))
    fields.insert(3, html.Div(law, className="field law"))
    schemes = [
        html.Legend("Schemes (○ by simulation)"),
        dcc.Checklist(named, list(first.schemes), id="schemes", className="schemes"),
        _error("schemes"),
    ]
    buttons = [html.Button(form.upper(), id=f"get-{form}", n_clicks=0, className="quiet") for form in FORMS]
    pin = html.Button("Pin to compare", id="pin-it", n_clicks=0, title="Keep these curves, and move a parameter")
    stop = html.Button("Stop", id="stop", n_clicks=0)
    working = [html.Progress(id="bar", value="0", max="1"), html.Span(id="bar-says"), stop]
    copy = dcc.Clipboard(target_id="commands", className="copy", title="Copy the commands")
    commands = [html.H2("The same numbers in a terminal"), copy, html.Pre(id="commands", tabIndex="0")]
    commands.append(html.P(made_with(), id="made", className="title"))
    shown = [
        dcc.RadioItems(VIEWS, first.view, id="view", className="views", inline=True),
        html.P(id="title", className="title"),
        html.P(id="says", className="says", role="status"),
        html.Div([_label("step-slider", "arrivals", "step through them"), _slider("step", 1, 1)], className="step"),
        html.Div(dcc.Graph(id="picture", config={"displayModeBar": False, "responsive": True}), className="picture"),
        html.Div(working, id="working", className="working"),
        html.Div([pin, *buttons, html.A("Link to this view", id="link", href="?"), _error("pin")], className="buttons"),
        html.Ul(id="notes", className="notes"),
        html.Div(html.Table(id="table"), className="scroll"),
        html.Div(commands, className="commands"),
    ]
    hidden = [
        *(dcc.Store(id=name) for name in ("page", "asked", "late", "again")),
        dcc.Input(id="pin", type="hidden", value=""),
        dcc.Interval(id="tick", interval=TICK, disabled=True),
    ]
    more = html.Details([html.Summary("More fields"), *fine], open=True, className="more")
    controls = html.Form([*fields, html.Fieldset(schemes), more], className="controls")
    header = html.Header([html.H1("srtheory explore"), html.P(["Move a parameter, or begin with: ", *presets])])
    return html.Div([header, _help(world), html.Div([controls, html.Main(shown)], className="both"), *hidden])


def _shown(name: str) -> str:
    return "genie (bound)" if name == "genie" else printed(name) if name in ENTRIES else name


def _table(view: View) -> list[Any]:
    if not view.rows:
        return []
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in view.header]))
    return [head, html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in table_text(view.rows)])]


# ------------------------------------------------------------------------------------------------------- server


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(text, str) for text in value))


def _is_place(places: list[float], value: Any) -> bool:
    return type(value) is int and 0 <= value < len(places)


VALID: dict[str, Callable[[Any], bool]] = {
    **{f"{name}.value": lambda value: _is_text(value) or _is_number(value) for name in FIELDS},
    **{f"{name}-slider.value": partial(_is_place, places) for name, places in SLIDERS.items()},
    "schemes.value": _is_texts,
    **dict.fromkeys(("step-slider.value", "step-slider.max", "tick.n_intervals", "again.data"), _is_number),
    "stop.n_clicks": _is_number,
}
"""Whether a value that the page sends may be one of that property; all others are texts."""


def _nothing() -> dict[str, Any]:
    counts = {"controls": CONTROLS, "sliders": NUMBERS, "step": "12", "errors": ERRORS, "shown": SHOWN}
    unchanged = {name: [no_update] * len(its) for name, its in counts.items()}
    return unchanged | {"link": no_update, "late": ""}


class Explorer:
    """The application, with the pages that are open; without a token all who reach the address are answered."""

    def __init__(self, world: World, token: str | None = None) -> None:
        self.world = world
        self.token = token
        self.pages = Pages(world)
        assets = Path(__file__).parent / "assets"
        self.app = Dash(
            "srtheory", title="srtheory explore", assets_folder=str(assets), update_title="", serve_locally=True
        )
        self.app.layout = lambda: _layout(world)
        server = self.app.server
        server.config["MAX_CONTENT_LENGTH"] = MOST_BODY
        server.before_request(self._admit)
        server.before_request(self._require_what_is_there)
        server.after_request(self._guard)
        server.register_error_handler(DependencyException, lambda error: ("There is no such file.", 404))
        self._connect()

    def _admit(self) -> Any:
        """Answer only the reader's own browser, which knows the token from the printed address, and then by a cookie.

        What another site asks for through it has another Host or Origin, or no cookie, since that is for this site.
        """
        host, _, port = request.host.rpartition(":")
        origin = request.headers.get("Origin")
        if (host or request.host) not in (HOST, "localhost") or origin not in (None, f"http://{request.host}"):
            abort(403)
        if self.token is None:
            return None
        name, given = f"srtheory-explore-{port}", request.args.get("token")
        if given is not None and self._is_token(given):
            query = request.query_string.decode("latin-1").split("&")
            rest = "&".join(part for part in query if not part.startswith("token="))
            answer = redirect(f"/?{rest}" if rest else "/")
            answer.set_cookie(name, self.token, httponly=True, samesite="Strict")
            return answer
        if not self._is_token(request.cookies.get(name, "")):
            abort(403, "Open the address that srtheory explore printed: it has the token of this page.")
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), str(self.token).encode())

    def _require_what_is_there(self) -> None:
        """Refuse paths that Dash would answer by the page, and bodies that the page does not send."""
        rule = "" if request.url_rule is None else request.url_rule.rule
        if rule == "/<path:path>":
            abort(404)
        if request.method == "POST" and rule.endswith("_dash-update-component"):
            try:
                body = request.get_json()
            except RecursionError:
                abort(400)
            if not self._is_sent_by_page(body):
                abort(400)

    def _is_sent_by_page(self, body: Any) -> bool:
        """Return whether a body asks for a callback that there is, with values of the right types."""
        name = str(body.get("output")) if isinstance(body, dict) else ""
        its = self.app.callback_map.get(name)
        if its is None or "callback" not in its:
            return False
        inputs, state, moved = body.get("inputs"), body.get("state", []), body.get("changedPropIds", [])
        if not all(isinstance(some, list) for some in (inputs, state, moved)):
            return False
        expected = [(one["id"], one["property"]) for one in (*its["inputs"], *its["state"])]
        given = [one if isinstance(one, dict) else {} for one in (*inputs, *state)]
        outputs = [dict(zip(("id", "property"), part.split("."), strict=True)) for part in name.strip(".").split("...")]
        return (
            [(one.get("id"), one.get("property")) for one in given] == expected
            and len(inputs) == len(its["inputs"])
            and all(VALID.get(f"{one['id']}.{one['property']}", _is_text)(one.get("value")) for one in given)
            and all(name in [f"{one['id']}.{one['property']}" for one in its["inputs"]] for name in moved)
            and body.get("outputs") == (outputs if name.startswith("..") else outputs[0])
        )

    @staticmethod
    def _guard(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    def _connect(self) -> None:
        app, seen = self.app, [Given("page", "data"), Given("link", "href")]
        sliders = [f"{name}-slider" for name in NUMBERS]
        shown, again = ([Output(*part, allow_duplicate=more) for part in SHOWN] for more in (False, True))
        here = app.clientside_callback
        first = Output("page", "data"), Output("asked", "data"), Input("page", "id")
        here(ClientsideFunction("explore", "begin"), *first)
        app.callback(
            {
                "controls": [Output(name, "value") for name in CONTROLS],
                "sliders": [Output(name, "value") for name in sliders],
                "step": [Output("step-slider", name) for name in ("max", "value")],
                "errors": [Output(f"{name}-error", "children") for name in ERRORS],
                "shown": shown,
                "link": Output("link", "href"),
                "late": Output("late", "data"),
            },
            {
                "asked": Input("asked", "data"),
                "again": Input("again", "data"),
                "late": Given("late", "data"),
                "page": Given("page", "data"),
                "controls": [Input(name, "value") for name in CONTROLS],
                "sliders": [Input(name, "value") for name in sliders],
                "step": Input("step-slider", "value"),
                "last": Given("step-slider", "max"),
                "href": Given("link", "href"),
            },
        )(self.ask)
        later = partial(app.callback, prevent_initial_call=True)
        later([Output("again", "data"), *again], Input("tick", "n_intervals"), *seen, Given("late", "data"))(self.look)
        later(again, Input("stop", "n_clicks"), *seen)(self.stop)
        here(ClientsideFunction("explore", "address"), Output("link", "title"), Input("link", "href"))
        here(ClientsideFunction("explore", "pinned"), Output("pin-it", "children"), Input("pin", "value"))
        files = [Input(f"get-{form}", "n_clicks") for form in FORMS]
        here(ClientsideFunction("explore", "file"), Output("get-csv", "title"), *files, prevent_initial_call=True)
        pin = Output("pin", "value", allow_duplicate=True), Input("pin-it", "n_clicks")
        here(ClientsideFunction("explore", "pin"), *pin, seen[1], Given("pin", "value"), prevent_initial_call=True)

    # --------------------------------------------------------------------------------------------- what is asked

    def ask(
        self,
        asked: str | None,
        again: int | None,
        late: str | None,
        page: str | None,
        controls: list[Any],
        sliders: list[int],
        step: int | None,
        last: int | None,
        href: str | None,
    ) -> dict[str, Any]:
        """Return what the page shows for its fields, or what is wrong with them, or that the answer is late.

        A late answer is asked for again, as soon as it is there: ``late`` says whether by the link or by the fields.
        """
        if not asked or not page:
            raise PreventUpdate
        its, moved = self.pages.of(page), {i["prop_id"].partition(".")[0] for i in ctx.triggered}
        its.question += 1
        question = its.question
        opened = "asked" in moved or href in ("?", None) or (late == "link" and "again" in moved)
        texts = query_of(asked.partition("#")[0]) if opened else self._texts(controls, sliders, moved, step, last)
        # Requests may overtake each other: one that is not the last here may be the page's last, and is asked again.
        with its.lock:
            its.ask(texts)
        its.wait(PLANNED, BUDGET, lambda: its.question == question)
        with its.lock:
            made = its.answer if its.is_asked(texts) else None
            if made is None:
                fields = {} if opened else {"controls": self._fields(texts, moved)}
                return _nothing() | fields | {"shown": self._waiting(its), "late": "link" if opened else "fields"}
            view, parts = self._show(made, its)
        state, problems = made.state, made.problems
        errors = [problems.get(name, "") for name in ERRORS]
        if problems and not opened:
            return _nothing() | {"errors": errors, "sliders": self._moved(state, moved, problems)}
        if state.view == "tail" and state.degree > state.symbols:
            errors[FIELDS.index("degree")] = f"above m = {state.symbols}: schemes whose d is at most m are left out"
        steps = view.steps
        at = steps if state.step is None else min(state.step, steps)
        values = self._values(state) if opened else self._fields(state.texts(), moved)
        return {
            "controls": values,
            "sliders": self._moved(state, set() if opened else moved, {}),
            "step": [steps, no_update if "step-slider" in moved else at],
            "errors": errors,
            "shown": parts,
            "link": f"?{state.query()}",
            "late": "",
        }

    def _texts(
        self, controls: list[Any], sliders: list[int], moved: set[str], step: int | None, last: int | None
    ) -> dict[str, str]:
        given = dict(zip(CONTROLS, controls, strict=True))
        texts = {name: "" if given[name] is None else str(given[name]) for name in FIELDS}
        for name, place in zip(NUMBERS, sliders, strict=True):
            if f"{name}-slider" in moved:
                texts[name] = number(SLIDERS[name][int(place)])
        choice, parameters = given["law"] or OTHER, given["law-given"] or ""
        if "law" in moved and (choice in SHAPES or choice == OTHER):
            parameters = "gamma(a=2)" if choice == OTHER else SHAPES[choice][1]
        texts |= {"startup": law_text(choice, parameters), "view": given["view"] or "", "pin": given["pin"] or ""}
        texts["schemes"] = ",".join(given["schemes"] or ())
        if step is not None and last is not None and step < last:
            texts["step"] = str(step)
        return texts

    def _values(self, state: State) -> list[Any]:
        texts, law = state.texts(), law_parts(state.startup, self.world)
        return [*(texts[name] for name in FIELDS), *law, [*state.schemes], state.view, state.pin]

    def _fields(self, texts: Mapping[str, str], moved: set[str]) -> list[Any]:
        """Return new values of fields that follow others that were moved."""
        new = {name: texts[name] for name in NUMBERS if f"{name}-slider" in moved}
        if "law" in moved:
            new["law-given"] = law_parts(texts["startup"], self.world)[1]
        return [new.get(name, no_update) for name in CONTROLS]

    def _moved(self, state: State, moved: set[str], problems: Mapping[str, str]) -> list[Any]:
        """Return places of the sliders, but for one that is being moved."""
        return [
            no_update
            if f"{name}-slider" in moved or name in problems
            else _nearest(SLIDERS[name], float(getattr(state, name)))
            for name in NUMBERS
        ]

    # --------------------------------------------------------------------------------------------- what is shown

    def _show(self, made: Answer, page: Page) -> tuple[View, list[Any]]:
        view = made.plan.show(page.values)
        done, total = progress(made.plan, page.values)
        left = done < total
        words = f"{done} of {total} values and runs" + (", stopped" if page.stopped else page.left())
        broken = any(INTERNAL in note for note in view.notes)
        parts = [
            view.title,
            f"{view.says} Something is missing here by an internal error: see the notes." if broken else view.says,
            figure(view),
            [html.Li(text) for text in dict.fromkeys(view.notes)],
            _table(view),
            "\n".join(view.commands),
            f"{done / max(total, 1):.4f}",
            words if left else "",
            "Go on" if page.stopped else "Stop",
            not left,
            not left or page.stopped,
        ]
        return view, parts

    @staticmethod
    def _waiting(page: Page) -> list[Any]:
        """Return what is shown while the parameters are read: what was there, and that there is more to come."""
        words = "the parameters are being read" + (", stopped" if page.stopped else "")
        return [*[no_update] * 6, "0", words, "Go on" if page.stopped else "Stop", False, page.stopped]

    def look(self, ticks: int | None, page: str | None, href: str | None, late: str | None) -> list[Any]:
        """Return what is new from the background."""
        its = self.pages.of(page or "")
        with its.lock:
            before = its.changes
            if late:
                its.ask(its.asked)
                if its.answer is None:
                    raise PreventUpdate
                return [ticks, *[no_update] * len(SHOWN)]
            if not its.waiting:
                its.ask(query_of(href or ""))  # what the page shows, whatever was asked for by the way
            if its.waiting or its.answer is None or (its.changes == before and its.working):
                raise PreventUpdate
            return [no_update, *self._show(its.answer, its)[1]]

    def stop(self, clicks: int | None, page: str | None, href: str | None) -> list[Any]:
        """End the work in the background, or go on with it."""
        its = self.pages.of(page or "")
        with its.lock:
            (its.go_on if its.stopped else its.stop)()
            return self._waiting(its) if its.answer is None else self._show(its.answer, its)[1]


class _Handler(WSGIRequestHandler):
    """A handler that writes no line for each request, and lets the server end a connection that asks for nothing."""

    timeout = IDLE
    server: _Server

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""

    def log_error(self, format: str, *args: Any) -> None:
        """Write nothing of connections that have ended or are silent."""

    def run_wsgi(self) -> None:
        """Answer a request."""
        self.server.idle.pop(self.connection, None)
        super().run_wsgi()
        self.server.idle[self.connection] = None


class _Server(ThreadedWSGIServer):
    """A server with a limit of threads: before it has another, it ends the connection that is idle longest."""

    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS

    def __init__(self, *given: Any) -> None:
        self.idle: OrderedDict[Any, None] = OrderedDict()  # sockets that ask for nothing, as they have been answered
        self.free = threading.Semaphore(MOST_CONNECTIONS)
        super().__init__(*given)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin a thread for a connection, as soon as there may be another."""
        while not self.free.acquire(timeout=0.05):
            with suppress(KeyError, OSError):
                self.idle.popitem(last=False)[0].shutdown(SHUT_RDWR)
        self.idle[request] = None
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a connection until it ends."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.idle.pop(request, None)
            self.free.release()


def serve(world: World, port: int = 0, token: str | None = None) -> tuple[BaseWSGIServer, Explorer]:
    """Return a server on the loopback address, at a free port unless one is given; without a token it asks for none."""
    try:
        taken = create_server((HOST, port), backlog=MOST_CONNECTIONS)
    except OSError as error:
        raise ArgumentError("port", port, f"a port that is free ({os.strerror(error.errno or 0)})") from None
    explorer = Explorer(world, token)
    with taken:
        return _Server(HOST, port, explorer.app.server, _Handler, False, None, taken.fileno()), explorer


def warm_up(explorer: Explorer) -> None:
    """Answer a first view, so that no reader waits for imports."""
    page = Page(explorer.world)
    with page.lock:
        page.ask({"symbols": "100"})
    page.wait(60.0, 1.0, lambda: True)
    with page.lock:
        page.close()

"""The page: fields, views and buttons in Dash, and the server on the loopback address."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from dash import Dash, Input, Output, ctx, dcc, html, no_update
from dash import State as Given
from dash.exceptions import PreventUpdate
from flask import abort, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from srtheory.environment import made_with
from srtheory.explore.items import missing
from srtheory.explore.jobs import Page, Pages, compute_in_time
from srtheory.explore.picture import figure, file, table_text
from srtheory.explore.state import VIEWS, State, World, number, query_of, read
from srtheory.explore.views import Plan, View, plan, progress
from srtheory.render.names import printed
from srtheory.schemes import ENTRIES
from srtheory.theory import ENTRIES as LAWS

HOST = "127.0.0.1"
BUDGET = 0.15
"""Seconds of computation before a view answers; what is left goes to the background."""
TICK = 400
"""Milliseconds between two looks at the background."""
_STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
SLIDERS: dict[str, list[float]] = {
    "symbols": sorted({int(s * 10**p) for p in range(5) for s in _STEPS if s * 10**p <= 10000}),
    "degree": sorted({int(s * 10**p) for p in range(4) for s in _STEPS if s * 10**p <= 1000}),
    "tau": [float(f"{s * 10.0**p:.3g}") for p in range(-5, 1) for s in _STEPS],
    "message_cost": [0.0, *(float(f"{s * 10.0**p:.3g}") for p in range(-4, 1) for s in _STEPS)],
    "master_time": [0.0, *(float(f"{s * 10.0**p:.3g}") for p in range(-5, 0) for s in _STEPS)],
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
}
SHAPES = {
    "expon": ("exponential", "scale=5"),
    "pareto": ("Pareto", "b=1"),
    "weibull_min": ("Weibull", "c=0.5"),
    "lognorm": ("lognormal", "s=1"),
    "uniform": ("uniform", "loc=0, scale=1"),
}
OTHER = "other"
FIELDS = (*NUMBERS, *FINE)
NEEDS = {
    "tail": ("at", "until"),
    "degree": ("quantile",),
    "frontier": (),
    "coverage": ("at", "until", "rows"),
    "guarantee": ("at", "until", "rows"),
    "run": ("seed",),
}
"""Fields of :data:`FINE` that a view needs besides the number of runs, the seed and options."""


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


def _field(name: str, sign: str, says: str, text: str, slider: list[float] | None) -> html.Div:
    typed = dcc.Input(id=name, type="text", value=text, debounce=0.5, autoComplete="off", className="typed")
    parts = [html.Label([html.B(sign), html.Span(says)], htmlFor=name), typed]
    if slider is not None:
        bar = dcc.Slider(
            id=f"{name}-slider",
            min=0,
            max=len(slider) - 1,
            step=1,
            value=_nearest(slider, float(text)),
            marks=None,
            included=False,
            updatemode="drag",
            allow_direct_input=False,
        )
        parts.append(html.Div(bar, className="bar"))
    parts.append(html.Div(id=f"{name}-error", className="error", role="alert"))
    return html.Div(parts, className="field", id=f"{name}-field")


def _nearest(values: list[float], value: float) -> int:
    return min(range(len(values)), key=lambda i: abs(values[i] - value))


def _layout(world: World) -> html.Div:
    texts, first = State().texts(), State()
    choice, given = law_parts(first.startup, world)
    choices = {name: says for name, (says, _) in SHAPES.items()}
    choices |= {text: text.replace(":", " ", 1) for text in world.samples} | {OTHER: "other, of scipy.stats"}
    named = [
        {"label": f"{_shown(name)}{'' if name in LAWS else ' ○'}", "value": name, "title": name}
        for name in (*first.schemes, *(name for name in world.schemes if name not in first.schemes))
        if name in world.schemes
    ]
    law = [
        html.Label([html.B("F"), html.Span("start-up distribution")], htmlFor="law"),
        dcc.Dropdown(choices, choice, id="law", clearable=False, searchable=False),
        dcc.Input(id="law-given", type="text", value=given, debounce=0.5, autoComplete="off", className="typed"),
        html.Div(id="startup-error", className="error", role="alert"),
    ]
    fields = [_field(name, *NUMBERS[name], texts[name], SLIDERS[name]) for name in NUMBERS]
    fields.insert(3, html.Div(law, className="field law"))
    fine = [_field(name, *its, texts[name], None) for name, its in FINE.items()]
    schemes = [
        html.Legend("Schemes (○ by simulation)"),
        dcc.Checklist(named, list(first.schemes), id="schemes", className="schemes"),
        html.Div(id="schemes-error", className="error", role="alert"),
    ]
    buttons = [
        html.Button(form.upper(), id=f"get-{form}", n_clicks=0, className="quiet") for form in ("png", "svg", "csv")
    ]
    shown = [
        dcc.RadioItems(VIEWS, first.view, id="view", className="views", inline=True),
        html.P(id="title", className="title"),
        html.P(id="says", className="says", role="status"),
        html.Div(
            [
                html.Label([html.B("arrivals"), html.Span("step through them")], htmlFor="step-slider"),
                dcc.Slider(
                    id="step-slider",
                    min=0,
                    max=1,
                    step=1,
                    value=1,
                    marks=None,
                    included=False,
                    updatemode="drag",
                    allow_direct_input=False,
                ),
            ],
            id="step-field",
            className="step",
        ),
        html.Div(dcc.Graph(id="picture", config={"displayModeBar": False, "responsive": True}), className="picture"),
        html.Div(
            [
                html.Progress(id="bar", value="0", max="1"),
                html.Span(id="bar-says"),
                html.Button("Stop", id="stop", n_clicks=0),
            ],
            id="working",
            className="working",
        ),
        html.Div([*buttons, html.A("Link to this view", id="link", href="?")], className="buttons"),
        html.Ul(id="notes", className="notes"),
        html.Div(html.Table(id="table"), className="scroll"),
        html.Div(
            [
                html.H2("The same numbers in a terminal"),
                dcc.Clipboard(target_id="commands", className="copy", title="Copy the commands"),
                html.Pre(id="commands", tabIndex="0"),
            ],
            className="commands",
        ),
    ]
    hidden = [
        dcc.Location(id="url", refresh=False),
        dcc.Store(id="page"),
        dcc.Store(id="asked"),
        dcc.Interval(id="tick", interval=TICK, disabled=True),
        dcc.Download(id="file"),
    ]
    more = html.Details([html.Summary("More fields"), *fine], open=True, className="more")
    controls = html.Form(
        [*fields, html.Fieldset(schemes, id="schemes-field"), more], className="controls", id="controls"
    )
    return html.Div(
        [
            html.Header([html.H1("srtheory explore"), html.P("When can the sum be recovered? Move a parameter.")]),
            html.Div([controls, html.Main(shown)], className="both"),
            *hidden,
        ]
    )


def _shown(name: str) -> str:
    return "genie (bound)" if name == "genie" else printed(name) if name in ENTRIES else name


def _table(view: View) -> list[Any]:
    if not view.rows:
        return []
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in view.header]))
    return [head, html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in table_text(view.rows)])]


# ------------------------------------------------------------------------------------------------------- server


CONTROLS = (*FIELDS, "law", "law-given", "schemes", "view")


class Explorer:
    """The application, with the pages that are open."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pages = Pages(world)
        self.computing = threading.Lock()
        """One computation at a time: precision in ball arithmetic, and matplotlib's settings, are the process's."""
        assets = Path(__file__).parent / "assets"
        self.app = Dash(
            "srtheory", title="srtheory explore", assets_folder=str(assets), update_title="", serve_locally=True
        )
        self.app.layout = lambda: _layout(world)
        self.app.server.before_request(self._only_from_here)
        self._connect()

    def _only_from_here(self) -> None:
        """Refuse what another site asks for through the reader's browser: its Host or its Origin is another."""
        host = request.host.rpartition(":")[0] or request.host
        origin = request.headers.get("Origin")
        if host not in (HOST, "localhost") or (origin is not None and origin != f"http://{request.host}"):
            abort(403)

    def _connect(self) -> None:
        app = self.app
        sliders = [f"{name}-slider" for name in NUMBERS]
        app.callback(
            [Output("page", "data"), Output("asked", "data")],
            Input("url", "search"),
            Given("page", "data"),
        )(lambda search, page: (page or uuid4().hex, search or "?"))
        app.callback(
            {
                "controls": [Output(name, "value") for name in CONTROLS],
                "sliders": [Output(name, "value") for name in sliders],
                "step": [Output("step-slider", name) for name in ("max", "value")],
                "errors": [Output(f"{name}-error", "children") for name in (*FIELDS, "startup", "schemes")],
                "shown": self._shown_outputs(),
                "link": Output("link", "href"),
                "hidden": [Output(f"{name}-field", "hidden") for name in (*FINE, "step", "schemes")],
            },
            {
                "asked": Input("asked", "data"),
                "page": Given("page", "data"),
                "controls": [Input(name, "value") for name in CONTROLS],
                "sliders": [Input(name, "value") for name in sliders],
                "step": Input("step-slider", "value"),
                "last": Given("step-slider", "max"),
                "href": Given("link", "href"),
            },
        )(self.ask)
        app.callback(
            self._shown_outputs(again=True),
            Input("tick", "n_intervals"),
            Given("page", "data"),
            Given("link", "href"),
            prevent_initial_call=True,
        )(self.look)
        app.callback(
            self._shown_outputs(again=True),
            Input("stop", "n_clicks"),
            Given("page", "data"),
            Given("link", "href"),
            prevent_initial_call=True,
        )(self.stop)
        app.callback(
            Output("file", "data"),
            [Input(f"get-{form}", "n_clicks") for form in ("png", "svg", "csv")],
            Given("page", "data"),
            Given("link", "href"),
            prevent_initial_call=True,
        )(self.get)
        # The address of the page follows the fields: Dash itself would fill the browser's history with every move.
        app.clientside_callback(
            "function(href) { if (href !== '?') history.replaceState(history.state, '', href); return ''; }",
            Output("link", "title"),
            Input("link", "href"),
        )

    @staticmethod
    def _shown_outputs(again: bool = False) -> list[Output]:
        parts = (
            *(("title", "children"), ("says", "children"), ("picture", "figure"), ("notes", "children")),
            *(("table", "children"), ("commands", "children"), ("bar", "value"), ("bar-says", "children")),
            *(("stop", "children"), ("working", "hidden"), ("tick", "disabled")),
        )
        return [Output(*part, allow_duplicate=again) for part in parts]

    # --------------------------------------------------------------------------------------------- what is asked

    def ask(
        self,
        asked: str | None,
        page: str | None,
        controls: list[Any],
        sliders: list[int],
        step: int | None,
        last: int | None,
        href: str,
    ) -> dict[str, Any]:
        """Return what the page shows for its fields, or what is wrong with them."""
        if not asked or not page:
            raise PreventUpdate
        its, moved = self.pages.of(page), {i["prop_id"].partition(".")[0] for i in ctx.triggered}
        its.question += 1
        question = its.question
        opened = "asked" in moved or href == "?"
        texts = query_of(asked) if opened else self._texts(controls, sliders, moved, step, last)
        state, problems = read(texts, self.world)
        errors = [problems.get(name, "") for name in (*FIELDS, "startup", "schemes")]
        if problems and not opened:
            keep = self._nothing()
            return keep | {"errors": errors, "sliders": self._moved(state, moved, problems)}
        # Requests may overtake each other: one that is not the last here may be the page's last, and is answered, too,
        # by what is there.  Nothing is computed for it, so that dragging queues up no work.
        with self.computing:
            made = plan(state, self.world)
            with its.lock:
                compute_in_time(its, made.items, BUDGET, lambda: its.question == question)
                if its.question == question:
                    its.want(made.items)
                view, shown = self._show(state, made, its)
        if state.view == "tail" and state.degree > state.symbols:
            errors[FIELDS.index("degree")] = f"above m = {state.symbols}: schemes whose d is at most m are left out"
        steps = len(view.run.steps) if view.run is not None else 1
        at = steps if state.step is None else min(state.step, steps)
        values = self._values(state) if opened else self._fields(state, moved)
        return {
            "controls": values,
            "sliders": self._moved(state, set() if opened else moved, {}),
            "step": [steps, no_update if "step-slider" in moved else at],
            "errors": errors,
            "shown": shown,
            "link": f"?{state.query()}",
            "hidden": [
                *(self._is_hidden(name, state.view) for name in FINE),
                state.view != "run",
                state.view in ("coverage", "guarantee", "run"),
            ],
        }

    def _texts(
        self, controls: list[Any], sliders: list[int], moved: set[str], step: int | None, last: int | None
    ) -> dict[str, str]:
        given = dict(zip(CONTROLS, controls, strict=True))
        texts = {name: "" if given[name] is None else str(given[name]) for name in FIELDS}
        for name, place in zip(NUMBERS, sliders, strict=True):
            if f"{name}-slider" in moved:
                texts[name] = number(SLIDERS[name][int(place)])
        choice, parameters = given["law"], given["law-given"] or ""
        if "law" in moved and choice in SHAPES:
            parameters = SHAPES[choice][1]
        if "law" in moved and choice == OTHER:
            parameters = "gamma(a=2)"
        texts["startup"] = law_text(choice, parameters)
        texts |= {"schemes": ",".join(given["schemes"] or ()), "view": given["view"]}
        if step is not None and last is not None and step < last:
            texts["step"] = str(step)
        return texts

    def _values(self, state: State) -> list[Any]:
        texts = state.texts()
        return [*(texts[name] for name in FIELDS), *law_parts(state.startup, self.world), [*state.schemes], state.view]

    def _fields(self, state: State, moved: set[str]) -> list[Any]:
        """Return new values of fields that follow others that were moved."""
        values: list[Any] = [no_update] * len(CONTROLS)
        for i, name in enumerate(CONTROLS):
            if f"{name}-slider" in moved:
                values[i] = state.texts()[name]
        if "law" in moved:
            values[CONTROLS.index("law-given")] = law_parts(state.startup, self.world)[1]
        return values

    def _moved(self, state: State, moved: set[str], problems: Mapping[str, str]) -> list[Any]:
        """Return places of the sliders, but for one that is being moved."""
        return [
            no_update
            if f"{name}-slider" in moved or name in problems
            else _nearest(SLIDERS[name], float(getattr(state, name)))
            for name in NUMBERS
        ]

    @staticmethod
    def _is_hidden(name: str, view: str) -> bool:
        always = ("trials", "seed", "options") if view in ("tail", "degree", "frontier") else ()
        return name not in (*NEEDS[view], *always)

    def _nothing(self) -> dict[str, Any]:
        return {
            "controls": [no_update] * len(CONTROLS),
            "step": [no_update] * 2,
            "shown": [no_update] * len(self._shown_outputs()),
            "link": no_update,
            "hidden": [no_update] * (len(FINE) + 2),
        }

    # --------------------------------------------------------------------------------------------- what is shown

    def _show(self, state: State, made: Plan, page: Page) -> tuple[View, list[Any]]:
        view = made.show(page.values)
        done, total = progress(made, page.values)
        left = done < total
        words = f"{done} of {total} values and runs" + (", stopped" if page.stopped else "")
        parts = [
            view.title,
            view.says,
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

    def look(self, ticks: int, page: str, href: str) -> list[Any]:
        """Return what is new from the background."""
        its = self.pages.of(page)
        state, _ = read(query_of(href), self.world)
        with its.lock:
            before, made = its.changes, plan(state, self.world)
            its.take()
            left = missing(made.items, its.values)
            if left and not its.stopped and set(left) != set(its.wanted):
                its.want(made.items)  # what the page shows, whatever was asked for by the way
            if its.changes == before and left and not its.stopped:
                raise PreventUpdate
            return self._show(state, made, its)[1]

    def stop(self, clicks: int, page: str, href: str) -> list[Any]:
        """End the work in the background, or go on with it."""
        its = self.pages.of(page)
        state, _ = read(query_of(href), self.world)
        made = plan(state, self.world)
        with its.lock:
            if its.stopped:
                its.want(made.items)
            else:
                its.stop()
            return self._show(state, made, its)[1]

    def get(self, *given: Any) -> Any:
        """Return a file of the picture that is seen."""
        *_, page, href = given
        form = str(ctx.triggered_id).removeprefix("get-")
        its = self.pages.of(page)
        state, _ = read(query_of(href), self.world)
        with self.computing, its.lock:
            view = plan(state, self.world).show(its.values)
            if not view.panels:
                raise PreventUpdate
            provenance = f"srtheory explore: {view.title} ({made_with()})"
            content = file(view, f"explore_{state.view}", form, provenance)
        return dcc.send_bytes(content, f"figure_explore_{state.view}.{form}")


class _Silent(WSGIRequestHandler):
    """A handler that writes no line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


def serve(world: World, port: int = 0) -> tuple[BaseWSGIServer, Explorer]:
    """Return a server on the loopback address, at a free port unless one is given."""
    explorer = Explorer(world)
    return make_server(HOST, port, explorer.app.server, threaded=True, request_handler=_Silent), explorer


def warm_up(explorer: Explorer) -> None:
    """Compute a first view of each law that the page offers, so that no reader waits for imports."""
    from scipy import stats

    assert stats.expon
    for law in ("pareto(b=1)", "expon(scale=5)"):
        with explorer.computing:
            page = Page(explorer.world)
            made = plan(State(startup=law, symbols=100), explorer.world)
            compute_in_time(page, made.items, BUDGET, lambda: True)
            made.show(page.values)

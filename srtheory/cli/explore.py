"""srtheory explore: a page on this machine on which parameters are moved."""

from __future__ import annotations

import secrets
import threading
import webbrowser
from socketserver import BaseServer
from typing import Annotated, Any

import click

from srtheory.cli.ask import option, print_text
from srtheory.errors import ArgumentError
from srtheory.questions.words import Scheme, Word, but, read_law
from srtheory.schemes import SCHEME_NAMES, NamedScheme


@click.command()
@option(
    "schemes",
    Annotated[
        tuple[Scheme, ...],
        but(
            "Scheme of your own to offer besides those of the package, such as FILE.py::CLASS; may be repeated",
            argument=False,
            option="scheme",
        ),
    ],
    (),
)
@option(
    "samples",
    Annotated[
        tuple[Any, ...],
        Word(
            "Text file of observed start-up delays, one per line, to offer as a distribution; may be repeated",
            metavar="FILE",
            option="sample",
            read=lambda path: (f"sample:{path}", read_law(f"sample:{path}")),
        ),
    ],
    (),
)
@option("port", Annotated[int, Word("Port on 127.0.0.1", metavar="N", low=1, high=65535, otherwise="a free one")], None)
@click.option("--no-browser", is_flag=True, help="Print the address only. Default: a browser opens it.")
@click.option(
    "--no-token",
    is_flag=True,
    help="Answer without a token, so that other users of this machine see the page, too. Default: the address has one.",
)
def explore(
    schemes: tuple[NamedScheme, ...], samples: tuple[Any, ...], port: int | None, no_browser: bool, no_token: bool
) -> int:
    """Show laws, bounds and simulations on a page, while you move parameters.

    The page is served on 127.0.0.1, at an address that is printed, until you interrupt the command. No other machine
    reaches it, and it needs no network. It reads no files but those of --scheme and --sample. The address has a token,
    which the browser keeps as a cookie: other users of this machine get no answer.

    The page has six views: the tail of the latency, its quantiles over the degree, the frontier of latency and
    messages, coverage, the proved bounds of srtheory guarantee, and one run, arrival by arrival. Below each are the
    commands that print the same numbers. docs/explore.md describes the page.

    It requires the extra explore: pip install "srtheory[explore]".
    """
    try:
        import dash  # noqa: F401
    except ImportError:
        needed = 'where Dash is installed: pip install "srtheory[explore]"'
        raise ArgumentError("explore", "this Python", needed) from None
    from srtheory.explore.page import serve, warm_up
    from srtheory.explore.state import World

    names = tuple(dict.fromkeys([*SCHEME_NAMES, *(scheme.name for scheme in schemes)]))
    token = None if no_token else secrets.token_urlsafe(24)
    server, explorer = serve(World(dict(samples), names), port or 0, token)
    address = f"http://{server.host}:{server.port}/" + ("" if token is None else f"?token={token}")
    print_text(address)
    threading.Thread(target=warm_up, args=(explorer,), daemon=True).start()
    if not no_browser:
        webbrowser.open(address)
    try:
        BaseServer.serve_forever(server)  # werkzeug's own would take an interrupt for success
    finally:
        server.server_close()
        explorer.pages.end()
    return 0

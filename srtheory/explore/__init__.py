"""A page on this machine that shows laws, bounds and simulations while parameters are moved: ``srtheory explore``.

It is a Dash application. Dash serves all its own scripts, so that no network is needed; its server keeps no session, so
that a link holds all that is asked; and it leaves the HTML to us, so that labels, errors and narrow screens are plain.
Streamlit and Panel keep a session for each page, and their widgets have no place for an error beside a field.

:mod:`~srtheory.explore.state` reads what is asked, :mod:`~srtheory.explore.items` computes single values,
:mod:`~srtheory.explore.views` makes views of these, with the commands that print the same numbers, and
:mod:`~srtheory.explore.picture` draws them. None of these needs Dash: only :mod:`~srtheory.explore.page` does.
"""

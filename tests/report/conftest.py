"""Pictures as cheap as they can be, where their numbers, or that they are the same again, is what matters."""

from __future__ import annotations

import pytest
from matplotlib import rcParamsDefault

from srtheory.render import style


@pytest.fixture
def cheap_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bitmaps no finer than the figures' own layout, and fonts that are embedded letter by letter."""
    monkeypatch.setattr(style, "DPI", rcParamsDefault["figure.dpi"])
    monkeypatch.setattr(style, "STYLE", style.STYLE | {"pdf.fonttype": rcParamsDefault["pdf.fonttype"]})

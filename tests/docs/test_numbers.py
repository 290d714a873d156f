"""Every number that a page quotes is the one that its law or its record gives."""

from __future__ import annotations

import re

import pytest

from docs import numbers
from docs.quoted import Block, medians, producers, values
from tests import once

TEXTS = {f"{path.parent.name}/{path.name}": path.read_text(encoding="utf-8") for path in numbers.PAGES}


LONG = {"model_and_runs", "stopped_early", "delay_model", "orders", "price", "guaranteed", "covering_rows"}
LONG |= {"target_means"}
"""Long simulations, and laws at many times."""


@pytest.mark.parametrize(
    "producer", [pytest.param(name, marks=pytest.mark.attack if name in LONG else ()) for name in producers()]
)
def test_the_pages_quote_what_is_computed(producer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If not: python -m docs.numbers, which writes the numbers into the pages."""
    if producer == "floors":
        monkeypatch.setattr("docs.quoted.floor.floor", once.paper_floor)
    known = values(producer)
    assert [(page, *wrong) for page, text in TEXTS.items() for wrong in numbers.stale(text, known)] == []
    marked = {quote.name for text in TEXTS.values() for quote in numbers.quotes(text)}
    assert set(known) - marked == set()
    assert {name for name in marked if name.split(".")[0] == producer} - set(known) == set()


def test_every_mark_is_of_a_function_and_starts_no_line_of_a_paragraph() -> None:
    for text in TEXTS.values():
        assert [name for name in re.findall(r"<!--=([^>]*?)-->", text) if name.split(".")[0] not in producers()] == []
        assert re.findall(r"[^\n]\n<!--=.*", text) == []  # Markdown would end the paragraph there
        assert faults(text) == []


def faults(text: str) -> list[str]:
    """Marks that are written wrongly, so that nothing would be compared."""
    quotes = list(numbers.quotes(text))
    found = [] if len(re.findall(r"<!--\s*=", text)) == sum(not q.block for q in quotes) else ["a mark"]
    ends = re.findall(r"<!-- end of ([\w.-]+) -->", text)
    found += [name for name in ends if name not in {q.name for q in quotes if q.block}]
    code = re.findall(r"^```.*?^```$|`[^`\n]+`", text, re.MULTILINE | re.DOTALL)
    return found + [piece for piece in code if re.search(r"<!--\s*=", piece)]


@pytest.mark.quality
@pytest.mark.parametrize(
    "text",
    ["0.1<!--=a.b -->", "0.1<!-- =a.b-->", "0.1<!--=a.b->", "<!-- a -->\nx\n<!-- end of b -->", "`0.1<!--=a-->`"],
)
def test_a_mark_that_is_written_wrongly_is_seen(text: str) -> None:
    assert faults(text) != []


@pytest.mark.quality
@pytest.mark.parametrize("producer", ["fluid_limit", "compared", "designed", "performance", "attacks", "guaranteed"])
def test_stale_numbers_are_seen_and_renewed(producer: str) -> None:
    """Each number by itself, its last digit being another one; of lines some twenty digits."""
    known = values(producer)
    for text in TEXTS.values():
        for quote in (quote for quote in numbers.quotes(text) if quote.name in known):
            places = [(start, end) for start, end, _ in numbers.fitting(quote, known)]
            digits = [[at for at in range(*place) if text[at].isdecimal()] for place in places]
            for at in digits[0][:: len(digits[0]) // 20] if quote.block else [place[-1] for place in digits]:
                planted = f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"
                assert [name for name, *_ in numbers.stale(planted, known)] == [quote.name]
                assert numbers.renewed(planted, known) == text


KNOWN = {"a": "0.5", "b": ("1", "12 000"), "c": Block("| x |")}


@pytest.mark.parametrize(
    ("text", "renewed"),
    [
        ("of 3 it is 0.4<!--=a-->, not 7", "of 3 it is 0.5<!--=a-->, not 7"),
        ("$x^2 = 0.4$ <!--=a-->.", "$x^2 = 0.5$ <!--=a-->."),
        ("2 or 30 000 rows of $m_1$<!--=b-->", "1 or 12 000 rows of $m_1$<!--=b-->"),
        ("0.4<!--=a--> and 2 to 3<!--=b-->", "0.5<!--=a--> and 1 to 12 000<!--=b-->"),
        ("| 1 |\n| 2 | -3 <!--=b--> |", "| 1 |\n| 1 | 12 000 <!--=b--> |"),
        ("<!-- c -->\n| y |\n| z |\n<!-- end of c -->", "<!-- c -->\n| x |\n<!-- end of c -->"),
        ("0.4<!--=d-->", "0.4<!--=d-->"),
    ],
)
def test_numbers_are_found_and_replaced(text: str, renewed: str) -> None:
    assert numbers.renewed(text, KNOWN) == renewed
    assert bool(numbers.stale(text, KNOWN)) == (text != renewed)
    assert numbers.stale(renewed, KNOWN) == []


@pytest.mark.parametrize(
    "text",
    [
        "none<!--=a-->",
        "1<!--=b-->",
        "1<!--=a--> 2<!--=b-->",
        "| 1 |\n| 2 <!--=b--> |",
        "1<!--=c-->",
        "<!-- a -->\n1\n<!-- end of a -->",
    ],
)
def test_a_mark_without_its_numbers_is_seen(text: str) -> None:
    with pytest.raises(ValueError, match="is not of the kind"):
        numbers.stale(text, KNOWN)


@pytest.mark.slow
@pytest.mark.attack
def test_medians_on_record_are_those_of_the_laws() -> None:
    found = medians.medians()
    assert list(found) == list(medians.ALL)
    assert [key for key, median in found.items() if not medians.comes_out_again(key, median)] == []


@pytest.mark.quality
@pytest.mark.parametrize("off", [-1e-5, 1e-5])
def test_another_median_would_be_seen(off: float) -> None:
    key = medians.ALL[4]
    assert not medians.comes_out_again(key, medians.medians()[key] + off)

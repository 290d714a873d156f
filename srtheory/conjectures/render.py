"""Text of the result of a search, in the paper's terms: symbols and workers are numbered from 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srtheory.conjectures.hunt import Hunt, Searched, summary

_SHOWN = {
    *("symbols", "degree", "rows", "workers", "weights", "elements", "parameters"),
    *("orders", "covered", "spans", "relation"),
}
_CUT = {"budget": "the budget was spent", "interrupt": "the interrupt came"}
_ENDS = {"budget": ", until the budget was spent", "interrupt": ", until the interrupt"}


def as_text(found: Hunt[Any]) -> str:
    """Return a few lines for a reader; :func:`~srtheory.conjectures.hunt.summary` is for programs."""
    result = summary(found)
    lines = [f"conjecture  {result['conjecture']} ({result['source']})", f"claim       {result['statement']}"]
    case = result["counterexample"]
    lines += ["found       no counterexample"] if case is None else _counterexample(case)
    if case is not None:
        lines.append(f"smallest    {_smallest(result)}")
    lines.append(f"searched    {_searched(found.conjecture.domain.says, found.searched)}")
    if "unanswered" in result["searched"]:
        late = result["searched"]["unanswered"]
        said = "the predicate did not return within the budget on this case"
        if found.searched.or_later:  # it may not even have been evaluated
            said = "no process answered within the budget on this case, or on a later one"
        lines.append(f"unanswered  {said}: {late}")
    lines.append(f"known       {result['known']}")
    return "\n".join(lines)


def _counterexample(case: dict[str, Any]) -> Iterator[str]:
    degree = "" if case["degree"] is None else f", degree d = {case['degree']}"
    rows = "" if case["rows"] is None else f", {len(case['rows'])} rows"
    more = "".join(f", {name} {value}" for name, value in case.get("parameters", {}).items())
    of = f", weights elements of {case['elements']}" if "elements" in case else ""
    yield f"found       a counterexample with m = {case['symbols']} symbols{degree}{rows}{more}{of}"
    if case["rows"] is not None:
        yield from _rows(case)
    for j, order in enumerate(case.get("orders", []), 1):
        yield f"  worker {j:<3}{' '.join(str(term + 1) for term in order)}"
    for over in case.get("spans", []):
        yield from _span(case["symbols"], over)
    if "relation" in case:
        yield f"relation    u = {_vector(case['relation'])} has u G = 0: add it to any solution of (3)"
    for name in case:
        if name not in _SHOWN:
            yield f"            {name.replace('_', ' ')}: {_plain(case[name])}"


def _rows(case: dict[str, Any]) -> Iterator[str]:
    rows, workers = case["rows"], case["workers"]
    width = max((len(_set(row)) for row in rows), default=0)
    vectors = [[str(weight) for weight in row] for row in weighed(case)]
    wide = max((len(weight) for row in vectors for weight in row), default=1)
    for i, (row, vector) in enumerate(zip(rows, vectors, strict=True)):
        sender = "            " if workers is None else f"  worker {workers[i] + 1:<3}"
        matrix = " ".join(f"{weight:>{wide}}" for weight in vector)
        yield f"{sender}{_set(row):<{width}}   {matrix}"


def matrix(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rows of a counterexample as in a matrix file, see :func:`srtheory.files.read_rows`."""
    weights = {"values": case["weights"]} if "weights" in case else {}
    return {"columns": case["symbols"], "rows": case["rows"], **weights}


def weighed(case: Mapping[str, Any]) -> list[list[int]]:
    """Return the rows of a counterexample as lists of m weights."""
    weights = case.get("weights") or [[1] * len(row) for row in case["rows"]]
    entries = [dict(zip(row, of, strict=True)) for row, of in zip(case["rows"], weights, strict=True)]
    return [[row.get(j, 0) for j in range(case["symbols"])] for row in entries]


def _span(symbols: int, over: dict[str, Any]) -> Iterator[str]:
    yield f"over {over['field']:<7}the rows {'span' if over['spans'] else 'do not span'} 1; rank {over['rank']}"
    vector = over["kernel_vector"]
    if vector is not None:
        entries = [0] * symbols
        for place, weight in zip(vector["support"], vector["weights"], strict=True):
            entries[place] = weight
        total = "sums to 0" if vector["balanced"] else f"sums to {sum(entries)}"
        yield f"            x = {_vector(entries)} has G x = 0 and {total} ({vector['name']})"


def _smallest(result: dict[str, Any]) -> str:
    order = result["order"]
    if result["smallest"]:
        return f"yes: every smaller case was examined (by {order})"
    if result["searched"]["stopped_by"] in _CUT:
        return f"not proved: {_CUT[result['searched']['stopped_by']]} during the search for a smaller one (by {order})"
    return f"not proved: smaller cases were omitted (by {order}); the line searched states what is complete"


def _searched(domain: str, searched: Searched) -> str:
    whole, parts = searched.whole, [_size(size) for size in searched.partial()]
    text = f"all {domain} with m <= {max(whole)}" if whole else domain
    if parts:
        text += f"{'; and' if whole else ':'} those with {'; '.join(parts)}"
    text += f" ({'; '.join(_looked_at(searched)) or 'no case'})"
    if searched.undecided:
        text += f"; {searched.undecided} could not be decided"
    return text + _ENDS.get(searched.stopped_by, "")


def _looked_at(searched: Searched) -> Iterator[str]:
    drawn, vacuous = searched.examples, searched.vacuous_examples
    if searched.classes:
        others = searched.vacuous - vacuous
        yield f"{searched.cases} cases in {searched.classes} classes, {others} of them vacuous"
    if drawn:
        yield f"{drawn} cases with m <= {searched.largest_example} drawn by Hypothesis, {vacuous} of them vacuous"


def _size(size: dict[str, int]) -> str:
    names = {"symbols": "m = ", "degree": "d = ", "rows": "up to "}
    text = ", ".join(f"{names.get(name, name + ' ')}{value}" for name, value in sorted(size.items(), key=_place))
    return text + (" rows" if "rows" in size else "")


def _place(item: tuple[str, int]) -> int:
    return {"symbols": 0, "degree": 1, "rows": 3}.get(item[0], 2)


def _set(row: list[int]) -> str:
    return "{" + ", ".join(str(j + 1) for j in row) + "}"


def _vector(entries: list[int]) -> str:
    return "(" + ", ".join(map(str, entries)) + ")"


def _plain(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    return ", ".join(map(str, value)) if len(value) <= 12 else f"{len(value)} entries, printed with --json"

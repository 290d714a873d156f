"""Questions that srtheory answers, one file each; each is imported when it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srtheory.lookup import Entry

if TYPE_CHECKING:
    from srtheory.questions.base import Question

QUESTIONS = {
    "compare": Entry("srtheory.questions.compare", "Compare"),
    "coverage": Entry("srtheory.questions.coverage", "Coverage"),
    "design": Entry("srtheory.questions.design", "Design"),
    "floor": Entry("srtheory.questions.floor", "Floor"),
    "guarantee": Entry("srtheory.questions.guarantee", "Guarantee"),
    "latency": Entry("srtheory.questions.latency", "Latency"),
    "schedule": Entry("srtheory.questions.schedule", "Schedule"),
    "schemes": Entry("srtheory.questions.schemes", "Schemes"),
    "simulate": Entry("srtheory.questions.simulate", "Simulate"),
}
"""The class of each question, by its verb."""


def question(verb: str) -> type[Question]:
    """Return the class of a question."""
    found: type[Question] = QUESTIONS[verb].target()
    return found

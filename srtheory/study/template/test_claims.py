"""Each check must find its planted mistake."""

from claims import study

from srtheory.testing import check_study


def test_every_check_sees_its_planted_mistake() -> None:
    """Change each check's argument to the planted one."""
    check_study(study)

"""docs/roles.md says what the matrix says, in words."""

from tests.permissions import roles, table


def test_the_document_is_what_the_matrix_makes_of_it():
    assert roles.DOCUMENT.read_text() == roles.render(), "run python -m tests.permissions.roles"


def test_every_action_and_every_role_has_its_words():
    assert set(roles.ACTS) == set(table.actions())
    assert set(roles.POLISH) == set(table.expected())


def test_what_a_coordinator_may_do_is_found_under_his_name():
    section = roles.render().split("## Koordynator jednostki")[1].split("\n## ")[0]

    assert "- decide for the unit" in section
    assert "- take a text off the approval path (only a text of one's own)" in section
    assert "Everywhere" not in section

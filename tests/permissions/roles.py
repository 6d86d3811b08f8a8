"""Makes ``docs/roles.md`` from the expected matrix: for a reader who asks what a coordinator may do.

python -m tests.permissions.roles
"""

from pathlib import Path

from tests.permissions import table
from tests.permissions.table import Cell

DOCUMENT = Path(__file__).parents[2] / "docs" / "roles.md"
#: The names of the ordinances.
POLISH = {
    "editor_in_chief": "Redaktor Główny Portalu",
    "portal_editor": "Redakcja Portalu",
    "service_portfolio_manager": "Menedżer Portfela Usług",
    "city_hall_director": "Dyrektor Magistratu",
    "won_deputy_org": "Zastępca Dyrektora WON ds. Organizacyjnych",
    "won_deputy_hr": "Zastępca Dyrektora WON ds. Personalnych",
    "unit_head": "Kierujący jednostką",
    "unit_coordinator": "Koordynator jednostki",
    "unit_operator": "Operator jednostki",
    "branch_coordinator": "Koordynator strony branżowej",
    "branch_operator": "Operator strony branżowej",
    "unit_representative": "Osoba uprawniona do reprezentowania jednostki",
    "internal_auditor": "Kontrola wewnętrzna",
    "mpi_editor_in_chief": "Redaktor naczelny MPI",
    "mpi_editor": "Redakcja MPI",
    "mpi_supervisor": "Nadzór nad MPI",
    "bip_admin": "Administrator BIP",
    "bip_editor": "Redaktor BIP",
    "dpo": "Inspektor Ochrony Danych",
    "system_admin": "Administrator Systemu",
    "application_host": "Gospodarz aplikacji",
    "kck_agent": "Konsultant KCK",
    "kb_editor": "Redaktor bazy wiedzy",
    "consultation_coordinator": "Koordynator konsultacji",
    "interface_registrar": "Prowadzący ewidencję interfejsów",
    "security_officer": "Osoba odpowiedzialna za bezpieczeństwo",
    table.SUPERUSER: "Superuser without a mandate",
    table.NOBODY: "Person without a mandate",
}
#: What each action means to somebody who does it.
ACTS = {
    "see": "see drafts, their history and comparison",
    "add": "add pages",
    "edit": "change drafts",
    "submit": "submit texts for approval",
    "copy": "copy pages as drafts",
    "move draft": "move what was never public",
    "rename draft": "change the address of what was never public",
    "delete draft": "delete what was never public",
    "decide at unit": "decide for the unit",
    "decide conformity": "decide on conformity with the Service Strategy",
    "decide as chief": "decide last, which publishes",
    "return": "return a text for changes",
    "cancel review": "take a text off the approval path",
    "reassign": "name the person who decides on a waiting text",
    "set branch policy": "decide whether a unit's approval publishes in a branch site",
    "waive rule": "let a card go without a rule of conformity for a time",
    "keep dictionaries": "keep what cards refer to: acts and their changes, privacy notices, categories, events",
    "withdraw": "withdraw public pages, with a reason",
    "take down": "take public pages down at once",
    "move public": "move public pages",
    "rename public": "change addresses of public pages",
    "delete public": "delete public pages",
    "cancel schedule": "cancel a publication set for a later time",
    "confirm": "confirm that a public text is still right",
    "lock": "lock pages",
    "unlock": "unlock pages that others locked",
    "upload file": "add pictures and files",
    "set contact": "change how citizens reach the unit",
    "appoint operator": "appoint operators",
    "appoint coordinator": "appoint coordinators",
    "grant portal role": "give roles over the whole portal",
    "name substitute": "name substitutes for others",
    "issue internal order": "issue internal orders",
    "see audit trail": "read and export the audit trail",
    "see all mandates": "see everybody's mandates",
    "export mandates": "export everybody's mandates",
    "issue regulation": "put the publishing regulation into force",
    "accept regulation": "accept the publishing regulation for the unit",
    "propose interface": "propose interfaces",
    "change proposed interface": "write the terms of an interface while it is proposed",
    "keep register": "keep the interface register: fields, states, clients",
    "issue key": "issue, rotate and revoke keys of the API",
    "agree as chief editor": "agree to interfaces, or refuse, for the chief editor",
    "agree as manager": "agree to interfaces, or refuse, for the service portfolio manager",
    "read interface": "read interfaces with their agreements, clients and figures",
    "export register": "export the interface register",
    "set channel": "decide what a channel takes, from whom and on which conditions",
    "see handed over to BIP": "see what BIP was given, what waits and what came back",
    "answer for BIP": "answer for BIP: accept, return, confirm with its address",
    "see handed over to MPI": "see what MPI was given, what waits and what came back",
    "answer for MPI": "answer for MPI: accept, return, confirm with its address",
}
NOTES = {
    "": "",
    "stand-by": "where the one who decides is away or wrote the text",
    "in name": "in the manager's name, and recorded so",
    "own text": "only a text of one's own",
}
BRANCHES = {"branch_coordinator", "branch_operator"}
INTRODUCTION = """\
# Roles: who may do what

Made by `python -m tests.permissions.roles` from the matrix in [tests/permissions/matrix.md](../tests/permissions/matrix.md); change that table,
not this page. `tests/permissions/test_matrix.py` tries every cell of it.

Four things hold for everybody:

- A right lasts exactly as long as the mandate it comes from: from its first second, and not one second after its last.
- A substitute (K-14) may do what the person he stands in for may, inside his period only; each act of his is recorded as “acting for”.
  A holder may name a substitute for himself.
- Nobody decides on a text that he wrote or submitted, and nobody gives a role to himself.
- Nobody publishes: only a finished chain of approvals does.
"""


def render() -> str:
    """Return the document."""
    matrix = table.expected()
    silent = [role for role, row in matrix.items() if not _allowed(row)]
    parts = [INTRODUCTION]
    parts += [_role(role, row) for role, row in matrix.items() if role not in silent]
    named = [f"- {POLISH[role]} (`{role}`)" for role in silent if role != table.NOBODY]
    parts.append(
        "## Roles that open nothing yet\n\nThey may be given, and named in a mandate, but neither"
        " open the admin nor allow any of these acts;\nso it is with a person without a"
        " mandate.\n\n" + "\n".join(named) + "\n"
    )
    return "\n".join(parts)


def _role(role: str, row: dict[str, Cell]) -> str:
    code = "" if role == table.SUPERUSER else f" (`{role}`)"
    lines = [f"## {POLISH[role]}{code}", ""]
    for reach, words in (("portal", "Everywhere"), ("own+sub", _within(role))):
        acts = [_act(action, cell) for action, cell in row.items() if cell.reach == reach]
        if acts:
            lines += [f"{words}:", "", *acts, ""]
    return "\n".join(lines)


def _within(role: str) -> str:
    if role in BRANCHES:
        return "In the branch site and the pages below it (files: in its unit's collection)"
    return "In the unit and the units below it"


def _act(action: str, cell: Cell) -> str:
    note = NOTES[cell.mode]
    return f"- {ACTS[action]}" + (f" ({note})" if note else "")


def _allowed(row: dict[str, Cell]) -> bool:
    return any(cell.reach != "–" for cell in row.values())


if __name__ == "__main__":
    DOCUMENT.write_text(render())

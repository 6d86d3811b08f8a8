"""Makes ``docs/conformity.md``: for a manager and an editor who ask what a card is held to.

python -m tests.services.rules_document
"""

import os
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "conformity.md"
HEAD = """# Conformity of service cards

Made from `services/conformity/rules.py` by `python -m tests.services.rules_document`. The rules are asked when the
service portfolio manager decides on a card, of exactly the version under review; every reviewer sees them before. What they say is kept
with the decision. A rule that **must be met** bars the approval, unless the card has a waiver of that version of the rule,
with a reason and a last day: whoever holds the right to waive grants it on the screen of the review or on the card's own
(*Zgodność z regułami*, in the editor's header), where everybody who sees the card reads what the rules say of its latest
text. **Advice** bars nothing.

The rules that must be met are told already to who submits the card in the editor, each at its field
(`services/conformity/early.py`), with what a citizen cannot miss at all (`services/completeness.py`). How texts are
measured: [plain-polish.md](plain-polish.md).

| rule | version | weight | what is demanded | what the editor reads | rests on |
|---|---|---|---|---|---|
"""


def render() -> str:
    """Return the document."""
    from django.utils import translation

    from services.conformity import RULES

    rows = []
    for rule in RULES:
        with translation.override("en"):
            title, weight = str(rule.title), str(rule.severity.label)
        with translation.override("pl"):
            shown = str(rule.title)
        rows.append(
            f"| {rule.code} | {rule.version} | {weight} | {title} | {shown} | {rule.source} |"
        )
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpum.settings.test")
    import django

    django.setup()
    DOCUMENT.write_text(render(), encoding="utf-8")

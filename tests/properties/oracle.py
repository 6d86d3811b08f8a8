"""What is public, said a second time and naively: page by page, by the tables alone.

Nothing here asks ``kpum.channels`` or the queries of the rooms: a shared mistake would hide itself.
"""

import re

from wagtail.models import Page, PageViewRestriction, Site

from kpum.org.models import Unit
from kpum.pages.models import PortalPage, Stewardship, Withdrawal
from services.models import LegalAct

LEFT, RESTRICTED = "left-channel", "restricted"


def told(document):
    """Return of a document what the oracle knows, too."""
    if document["type"] == "unit":
        return {
            "title": document["name"],
            "text": document["phone"],
            "url": document["url"],
            "owner": document["code"],
        }
    return {
        "title": document["title"],
        "text": document.get("lead") or document.get("summary") or "",
        "url": document["url"],
        "owner": document["owner_unit"]["code"],
        "links": [
            found
            for part in document.get("body", ())
            for found in re.findall(r'<a(?: href="([^"]*)")?>', part["html"])
        ],
        "checked": document["stewardship"]["last_verified"],
        "card": told_of_card(document) if document["type"] == "service_card" else None,
    }


def told_of_card(document):
    """Return what a card's document takes from the registers and from other cards."""
    notice = document["privacy_notice"]
    return {
        "categories": [row["name"] for row in document["categories"]],
        "acts": [row["act"] for row in document["legal_bases"]],
        "notice": notice and (notice["title"], notice["version"]),
        "related": [row["id"] for row in document["relations"]],
    }


def key_of(page):
    return str(page.translation_key), page.locale.language_code


class State:
    """The public state of every channel at one moment."""

    def __init__(self):
        self.site = Site.objects.get(is_default_site=True)
        self.tree = {page.path: page.specific for page in Page.objects.all()}
        self.pages = {key_of(page): page for page in self.tree.values() if page.depth > 1}
        self.facts, self.targets = {}, {}
        for key, page in self.pages.items():
            if isinstance(page, PortalPage) and self.is_public(page):
                self.facts[key] = self.facts_of(page)
                self.targets[key] = set(page.targets)
        self.units = {(str(u.document_id), "pl"): self.unit_facts(u) for u in Unit.objects.all()}

    def above(self, page):
        """Return the page and everything above it, the page itself last."""
        return [self.tree[page.path[:end]] for end in range(4, len(page.path) + 1, 4)]

    def is_public(self, page):
        hidden = set(PageViewRestriction.objects.values_list("page_id", flat=True))
        return page.live and not any(one.pk in hidden for one in self.above(page))

    def address(self, page):
        """Return the address that the tree gives the page, host and all."""
        port = "" if self.site.port == 80 else f":{self.site.port}"
        # The tree's root and the portal's first page (of whatever language) add nothing.
        slugs = "".join(f"{one.slug}/" for one in self.above(page)[2:])
        return f"http://{self.site.hostname}{port}/{slugs}"

    def owner(self, page):
        """Return the code of the unit that the nearest page above names."""
        units = [getattr(one, "unit", None) for one in self.above(page)]
        return [unit for unit in units if unit is not None][-1].code

    def facts_of(self, page):
        return {
            "title": page.title,
            "text": getattr(page, "lead", None) or getattr(page, "summary", None) or "",
            "url": self.address(page),
            "owner": self.owner(page),
            "links": self.links(page),
            "checked": self.checked(page),
            "card": self.card_facts(page) if hasattr(page, "legal_bases") else None,
        }

    def checked(self, page):
        day = Stewardship.objects.get(page=page.pk).last_verified
        return day and day.isoformat()

    def card_facts(self, card):
        """Return what the registers and the other cards give a card now."""
        acts = dict(LegalAct.objects.values_list("eli", "title"))
        cited = [block["value"]["eli"] for block in card.legal_bases.get_prep_value()]
        notice = card.privacy_notice
        return {
            "categories": [
                row.name for row in sorted(card.categories.all(), key=lambda row: row.slug)
            ],
            "acts": [acts.get(eli, eli) for eli in cited],
            "notice": notice and (notice.title, notice.version),
            "related": [
                str(row.card.translation_key)
                for row in card.relations.all()
                if self.has_public_form(row.card, card.locale_id)
            ],
        }

    def has_public_form(self, card, locale_id):
        """Return whether everybody may read the card in a language."""
        return any(
            one.translation_key == card.translation_key
            and one.locale_id == locale_id
            and self.is_public(one)
            for one in self.pages.values()
        )

    def links(self, page):
        """Return where the text's links lead: in the page's language if that is public, or nowhere."""
        stream = getattr(page, "steps_and_notes", None) or getattr(page, "body", None) or ()
        found = []
        for block in stream:
            for pk in re.findall(r'linktype="page" id="(\d+)"', getattr(block.value, "source", "")):
                linked = next((one for one in self.pages.values() if one.pk == int(pk)), None)
                found.append(self.path_for(linked, page.locale_id))
        return found

    def path_for(self, page, locale_id):
        if page is None or not self.is_public(page):
            return ""
        others = (one for one in self.pages.values() if one.translation_key == page.translation_key)
        own = next((one for one in others if one.locale_id == locale_id and one.live), page)
        return "/" + self.address(own).split("/", 3)[3]

    def unit_facts(self, unit):
        found = [
            page
            for page in self.pages.values()
            if type(page).__name__ == "UnitDirectoryPage" and self.is_public(page)
        ]
        first = min(found, key=lambda page: page.pk, default=None)
        return {
            "title": unit.name,
            "text": unit.phone,
            "url": f"{self.address(first)}{unit.slug}/" if first else "",
            "owner": unit.code,
        }

    def of_channel(self, channel):
        """Return what a true mirror of the channel holds: facts by id and language."""
        sent = {key: facts for key, facts in self.facts.items() if channel in self.targets[key]}
        return sent | self.units

    def may_say(self, key, reason, successor):
        """Return whether a tombstone of the document may say this."""
        page = self.pages.get(key)
        if page is None:
            # What it said before the page was deleted stays, but it leads nowhere that is no more.
            return successor is None or (successor["id"], successor["locale"]) in self.pages
        if key in self.facts:
            return (reason, successor) == (LEFT, None)
        withdrawal = Withdrawal.objects.filter(page=page.pk).first()
        if withdrawal is not None:
            wanted = "taken-down" if withdrawal.reason == "taken_down" else "withdrawn"
            return (reason, successor) == (wanted, self.leading_to(withdrawal.successor))
        if page.live:
            return reason in {LEFT, RESTRICTED} and successor is None
        # A text that waits for its time takes the mark of expiry off the page.
        other = set() if page.expired else {"withdrawn"}
        return reason in {"expired", LEFT, RESTRICTED} | other and successor is None

    def leading_to(self, page):
        if page is None:
            return None
        key = key_of(page)
        url = self.facts[key]["url"] if key in self.facts else ""
        return {"id": key[0], "locale": key[1], "url": url}

"""The parts of a card as CPSV-AP: what it asks for, what it costs, what comes of it, what it rests on."""

from collections.abc import Iterator

from django.utils.translation import gettext

from services.enums import DocumentForm, FeeKind, OutcomeKind
from services.linked import iris, vocabularies
from services.linked.telling import Node, Part, Telling, coded, concept
from services.linked.values import labelled, lines, without_blanks


def parts_of(telling: Telling) -> Iterator[Part]:
    """Yield the parts of a card, each with the property that points at it.

    A node that only others point at comes with an empty property.
    """
    yield from _requirements(telling)
    yield from _documents(telling)
    yield from _fees(telling)
    yield from _output(telling)
    yield from _appeal(telling)
    yield from _legal_bases(telling)
    yield from _participation(telling)


def _requirements(telling: Telling) -> Iterator[Part]:
    """Row 5."""
    for number, text in enumerate(telling.card.get("requirements", ()), 1):
        node: Node = {
            "@id": telling.part("requirement", number),
            "@type": "Requirement",
            "Requirement.identifier": telling.identifier("requirement", number),
            "Requirement.name": telling.text(text),
        }
        yield "PublicService.holdsRequirement", node


def _documents(telling: Telling) -> Iterator[Part]:
    """Rows 6 and 7: each document with its kind, whether it is always needed, and its form."""
    forms = {form["number"]: form for form in telling.card.get("forms", ())}
    for number, document in enumerate(telling.card["documents"], 1):
        kind = coded(telling, "document-form", document["form"], DocumentForm)
        duty = _duty(telling, mandatory=document["mandatory"])
        input_type = {
            "@id": iris.of_code("evidence-type", document["form"]),
            "@type": "EvidenceType",
            "EvidenceType.identifier": document["form"],
            "EvidenceType.evidenceTypeClassification": [kind["@id"]],
        }
        evidence = {
            "@id": telling.part("document", number),
            "@type": "Evidence",
            "Evidence.identifier": telling.identifier("document", number),
            "Evidence.name": telling.text(document["name"]),
            "Evidence.description": telling.text(document["note"]) if document["note"] else None,
            "Evidence.isConformantTo": [input_type["@id"]],
            "Evidence.type": duty["@id"],
        }
        form = forms.get(document.get("form_number", ""))
        if form and (address := iris.of_address(form["url"])):
            evidence["Evidence.relatedDocumentation"] = [address]
            yield "", telling.form(form, address)
        yield "PublicService.hasInput", without_blanks(evidence)
        yield "PublicService.hasInputType", input_type
        yield "", kind
        yield "", duty


def _duty(telling: Telling, *, mandatory: bool) -> Node:
    code, label = (
        ("always", gettext("Always needed"))
        if mandatory
        else ("sometimes", gettext("Sometimes needed"))
    )
    return concept(telling, iris.of_code("document-duty", code), label)


def _fees(telling: Telling) -> Iterator[Part]:
    """Row 8; accounts have no place in the profile. Who set a fee is not known: what it rests on is told."""
    if telling.card["free_of_charge"]:
        free = _cost(telling, "free", "0.00", gettext("free of charge"))
        yield "PublicService.hasCost", free
    for number, fee in enumerate(telling.card["fees"], 1):
        told = lines(fee["description"], fee.get("base", ""), fee["exemption"])
        cost = _cost(telling, number, fee["amount"], told)
        kind = coded(telling, "fee-kind", fee["kind"], FeeKind)
        cost["dct:type"] = {"@id": kind["@id"]}
        yield "PublicService.hasCost", cost
        yield "", kind
    if telling.card["free_of_charge"] or telling.card["fees"]:
        zloty = {"@id": vocabularies.PLN, "@type": "Concept", "skos:notation": "PLN"}
        yield "", zloty


def _cost(telling: Telling, number: int | str, amount: str, told: str) -> Node:
    return {
        "@id": telling.part("cost", number),
        "@type": "Cost",
        "Cost.identifier": telling.identifier("cost", number),
        "Cost.description": telling.text(told),
        "Cost.hasValue": amount,
        "Cost.currency": vocabularies.PLN,
    }


def _output(telling: Telling) -> Iterator[Part]:
    """Row 11."""
    card = telling.card
    kind = coded(telling, "outcome-kind", card["outcome_kind"], OutcomeKind)
    node: Node = {
        "@id": telling.part("output"),
        "@type": "Output",
        "Output.identifier": telling.identifier("output"),
        "Output.name": kind["skos:prefLabel"],
        "Output.description": telling.text(card["outcome"]),
        "Output.type": [kind["@id"]],
    }
    yield "PublicService.produces", node
    yield "", kind


def _appeal(telling: Telling) -> Iterator[Part]:
    """Row 12: how to appeal, or why there is none, is a rule that the service follows."""
    appeal = telling.card["appeal"]
    told = lines(
        appeal["text"],
        labelled(gettext("Appeal to"), appeal["authority"]),
        labelled(gettext("Days to appeal"), appeal["days"]),
    )
    name = gettext("Appeal") if appeal["possible"] else gettext("No appeal")
    kind = concept(telling, iris.of_code("rule", "appeal"), gettext("Appeal"))
    node: Node = {
        "@id": telling.part("appeal"),
        "@type": "Rule",
        "Rule.identifier": telling.identifier("appeal"),
        "Rule.name": telling.text(name),
        "Rule.description": telling.text(told or name),
        "Rule.type": kind["@id"],
    }
    yield "PublicService.follows", node
    yield "", kind


def _legal_bases(telling: Telling) -> Iterator[Part]:
    """Row 13: each act by its ELI, and the place in it as a part of the act."""
    for number, basis in enumerate(telling.card["legal_bases"], 1):
        act = iris.of_act(basis["eli"]) if basis["eli"] else telling.part("act", number)
        node = {
            "@id": act,
            "@type": "LegalResource",
            "dct:title": telling.in_polish(basis["act"]),
            "dct:identifier": basis["eli"],
            "dct:bibliographicCitation": basis["journal"],
        }
        yield "PublicService.hasLegalResource", without_blanks(node)
        if basis["article"]:
            article: Node = {
                "@id": telling.part("legal-basis", number),
                "@type": "LegalResource",
                "dct:title": telling.text(basis["article"]),
                "eli:is_part_of": {"@id": act},
            }
            yield "PublicService.hasLegalResource", article


def _participation(telling: Telling) -> Iterator[Part]:
    """Row 27: who answers for the content, as the public page says (K-21)."""
    responsible = telling.card["stewardship"]["responsible"]
    if not responsible:
        return
    role = concept(telling, iris.of_code("role", "responsible"), gettext("Answers for the content"))
    agent: Node = {
        "@id": telling.part("responsible"),
        "@type": "Agent",
        "Agent.identifier": telling.identifier("responsible"),
        "Agent.name": [telling.in_polish(responsible)],
    }
    node: Node = {
        "@id": telling.part("participation"),
        "@type": "Participation",
        "Participation.identifier": telling.identifier("participation"),
        "Participation.description": [role["skos:prefLabel"]],
        "Participation.hasParticipant": agent["@id"],
        "Participation.role": [role["@id"]],
    }
    yield "PublicService.hasParticipation", node
    yield "", role
    yield "", agent

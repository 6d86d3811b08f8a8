"""Dictionaries of the service card that are part of its meaning (domain part D.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Whom a service is for (row 4)."""

    RESIDENTS = "residents", _("residents")
    ENTREPRENEURS = "entrepreneurs", _("entrepreneurs")
    NGOS = "ngos", _("non-governmental organisations")
    FOREIGNERS = "foreigners", _("foreigners")
    PROPERTY_OWNERS = "property_owners", _("property owners")
    PARENTS = "parents", _("parents")
    SENIORS = "seniors", _("seniors")
    DRIVERS = "drivers", _("drivers")
    PEOPLE_WITH_DISABILITIES = "people_with_disabilities", _("people with disabilities")


class DocumentForm(models.TextChoices):
    """In which form a document is handed in (row 6)."""

    ORIGINAL = "original", _("original")
    COPY = "copy", _("copy")
    EITHER = "either", _("original or copy")


class FeeKind(models.TextChoices):
    """What kind of payment it is (row 8)."""

    STAMP_DUTY = "stamp_duty", _("stamp duty")
    ADMINISTRATIVE = "administrative", _("administrative fee")
    OTHER = "other", _("other fee")


class FilingChannel(models.TextChoices):
    """How a matter can be brought in (row 14). E-mail is not among them (L-8)."""

    ONLINE = "online", _("online")
    E_DELIVERY = "e_delivery", _("electronic delivery (e-Doręczenia)")
    EPUAP = "epuap", _("ePUAP")
    OFFICE = "office", _("at the office")
    POST = "post", _("by post")
    PHONE = "phone", _("by phone")


class Completion(models.TextChoices):
    """How much of the matter a way carries: the city's table says TAK, CZĘŚCIOWO TAK or NIE (D.1)."""

    FULL = "full", _("yes")
    PARTIAL = "partial", _("in part")
    NONE = "none", _("no")


class EpuapGround(models.TextChoices):
    """Why a matter may still be filed by ePUAP, where e-Doręczenia comes first (L-8, L-9)."""

    SPECIFIC_RULE = "specific_rule", _("a specific rule says so")
    OWN_E_SERVICE = "own_e_service", _("the matter has an e-service of its own there")


class RelationKind(models.TextChoices):
    """What one card has to do with another (row 20)."""

    REQUIRES = "requires", _("needed before this one")
    RELATED = "related", _("often needed, too")


class ServiceLanguage(models.TextChoices):
    """In which languages the matter can be handled (row 29)."""

    POLISH = "pl", _("Polish")
    ENGLISH = "en", _("English")
    UKRAINIAN = "uk", _("Ukrainian")
    POLISH_SIGN_LANGUAGE = "sgn-PL", _("Polish Sign Language")


class OutcomeKind(models.TextChoices):
    """What the citizen receives (row 11)."""

    DECISION = "decision", _("decision")
    CERTIFICATE = "certificate", _("certificate")
    ENTRY = "entry", _("entry in a register")
    PERMIT = "permit", _("permit")
    DOCUMENT = "document", _("document")
    AGREEMENT = "agreement", _("agreement")
    SERVICE = "service", _("service")


class Icon(models.TextChoices):
    """Pictograms of categories and life events."""

    HOME = "home", _("house")
    ID_CARD = "id-card", _("identity card")
    BUILDING = "building", _("building")
    MAP = "map", _("map")
    TREES = "trees", _("trees")
    CAR = "car", _("car")
    BUS = "bus", _("bus")
    BABY = "baby", _("child")
    RING = "ring", _("ring")
    SCHOOL = "school", _("school")
    BRIEFCASE = "briefcase", _("briefcase")
    HEART = "heart", _("heart")
    TRASH = "trash", _("waste")
    COINS = "coins", _("coins")
    MEGAPHONE = "megaphone", _("megaphone")
    SHIELD = "shield", _("shield")

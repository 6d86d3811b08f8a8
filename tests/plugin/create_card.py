# Run inside the host's shell: everything a host's own code would do.
import json

from django.contrib.auth import get_user_model
from django.test import Client
from wagtail.models import Locale, Page, Site, Workflow, WorkflowPage

import kpum
from kpum.channels.actions import rebuild_marked
from kpum.core.errors import Refused
from kpum.org.actions import grant_mandate
from kpum.org.enums import Role, UnitKind
from kpum.org.models import Unit
from kpum.pages import door
from kpum.pages.authority import Authority, SystemMandate
from services.models import Category, LegalAct, PrivacyNotice, ServiceCardPage, UnitFolderPage
from workflows import actions as path

Locale.objects.get_or_create(language_code="pl")
unit = Unit.add_root(
    code="SA", name="Wydział Spraw Administracyjnych", kind=UnitKind.CELL,
    address="al. Powstania Warszawskiego 10", phone="12 616 55 55",
)  # fmt: skip
people = {}
for name, role, where in (
    ("operator", Role.UNIT_OPERATOR, unit),
    ("coordinator", Role.UNIT_COORDINATOR, unit),
    ("manager", Role.SERVICE_PORTFOLIO_MANAGER, None),
    ("chief", Role.EDITOR_IN_CHIEF, None),
):
    people[name] = get_user_model().objects.create_user(name, f"{name}@example.org", "x")
    grant_mandate(user=people[name], role=role, unit=where, basis="upoważnienie")

host_home = Site.objects.get(is_default_site=True).root_page
folder = UnitFolderPage(title="SA", slug="sa", unit=unit, live=False)
host_home.add_child(instance=folder)
folder.save_revision(user=people["operator"])
path.establish_path(root=folder)

with door.opened(Authority.of_system(SystemMandate.TESTS)):
    category = Category.objects.create(
        slug="meldunek", name="Meldunek", summary="Adresy.", icon="home"
    )
    act = LegalAct.objects.create(eli="DU/2010/1427", title="Ustawa o ewidencji ludności")
    parts = dict.fromkeys(PrivacyNotice.PARTS, "Tak, jak mówi prawo.")
    notice = PrivacyNotice.objects.create(slug="ogolna", title="Twoje dane", **parts)
card = ServiceCardPage(
    title="Zameldowanie",
    slug="zameldowanie",
    code="SA-14",
    summary="Zgłoś adres.",
    applicants="Każdy.",
    audiences=["residents"],
    no_documents=True,
    free_of_charge=True,
    processing_duration="P1D",
    processing_text="Od ręki.",
    outcome_kind="entry",
    outcome="Wpis.",
    appeal_possible=False,
    appeal_text="Nie przysługuje.",
    live=False,
    channels=[
        (
            "channel",
            {
                "kind": "phone",
                "title": "Telefon",
                "url": "",
                "address": "12 616 55 55",
                "note": "",
                "demo": False,
            },
        )
    ],
    legal_bases=[("act", {"eli": act.eli, "article": ""})],
    privacy_notice=notice,
)
card.categories = [category]
folder.add_child(instance=card)
card.save_revision(user=people["operator"], clean=False)

try:
    card.latest_revision.publish()
    bypass = "published"
except Refused:
    bypass = "refused"

for page in (folder, card):
    run = path.submit(page=Page.objects.get(pk=page.pk).specific, user=people["operator"])
    steps = ("coordinator", "chief") if page is folder else ("coordinator", "manager", "chief")
    for name in steps:
        run = path.approve(task_state=run.current_task_state, user=people[name])
rebuild_marked()

client = Client(headers={"host": "localhost"})
feed = client.get("/api/v1/channels/public/changes").json()["changes"]
found = next(change["document"] for change in feed if change["type"] == "service_card")
live = Page.objects.get(pk=card.pk)
print(
    json.dumps(
        {
            "kpum": kpum.__file__,
            "code": found["code"],
            "feed": found,
            "page": client.get(live.get_url()).status_code,
            "bypass": bypass,
            "host_workflow": WorkflowPage.objects.filter(page__depth=1).exists()
            and Workflow.objects.count() == 2,
        }
    )
)

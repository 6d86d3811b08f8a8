"""Promise 3: whatever editors do, a mirror that follows from zero or from any cursor ends with
exactly the public content of its channel."""

import json

from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from wagtail.models import Page

from kpum.channels import documents, queries
from kpum.channels.actions import rebuild_marked
from kpum.core.errors import KpumError
from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.enums import Channel, WithdrawalReason
from kpum.pages.queries import public_pages
from tests.factories.pages import edit, publish

SYSTEM = Authority.of_system(SystemMandate.TESTS)
OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "add",
                "publish",
                "edit",
                "rename",
                "retarget",
                "withdraw",
                "move",
                "delete",
                "drain",
                "follow",
            ]
        ),
        st.integers(0, 11),
        st.integers(0, 11),
    ),
    min_size=4,
    max_size=12,
)


class World:
    """The tree, and two mirrors of two channels that follow at odd moments."""

    def __init__(self, city):
        self.city = city
        self.count = 0
        for parent in (0, 2, 1):
            self.add(parent, 0)
            publish(self.pick(self.count - 1))
        self.mirrors = {channel: ({}, 0) for channel in (Channel.PUBLIC, Channel.BIP)}

    def pages(self):
        folders = [self.city.folder.pk, self.city.other_folder.pk]
        below = Page.objects.filter(
            path__startswith=self.city.catalogue.path, depth__gt=self.city.folder.depth
        )
        return [
            Page.objects.get(pk=pk)
            for pk in [*folders, *below.order_by("path").values_list("pk", flat=True)]
        ]

    def pick(self, number, *, folders=False):
        pages = self.pages() if folders else self.pages()[2:]
        return pages[number % len(pages)].specific if pages else None

    def add(self, first, second):
        self.count += 1
        self.city.new_page(f"Strona {self.count}", parent=self.pick(first, folders=True))

    def publish(self, first, second):
        if page := self.pick(first):
            publish(page)

    def edit(self, first, second):
        if page := self.pick(first):
            edit(page, lead=f"Wersja {second}")

    def rename(self, first, second):
        if page := self.pick(first):
            publish(edit(page, slug=f"adres-{page.pk}-{second}"))

    def retarget(self, first, second):
        if page := self.pick(first):
            publish(edit(page, targets=[["public"], ["bip"], ["public", "bip"], []][second % 4]))

    def withdraw(self, first, second):
        if page := self.pick(first):
            door.withdraw(
                page_id=page.pk,
                reason=WithdrawalReason.ERROR,
                explanation="x",
                authority=SYSTEM,
                actor=None,
            )

    def move(self, first, second):
        page, target = self.pick(first), self.pick(second, folders=True)
        if page and page != target and not target.is_descendant_of(page):
            door.move(page_id=page.pk, target_id=target.pk, authority=SYSTEM, actor=None)

    def delete(self, first, second):
        if page := self.pick(first):
            door.delete(page_id=page.pk, authority=SYSTEM, actor=None)

    def drain(self, first, second):
        rebuild_marked()

    def follow(self, first, second):
        for channel in self.mirrors:
            self.mirrors[channel] = catch_up(channel, *self.mirrors[channel])


def catch_up(channel, mirror, cursor, limit=3):
    mirror = dict(mirror)
    more = True
    while more:
        page = queries.changes_after(channel, cursor, limit)
        for row in page.rows:
            key = (str(row.document_id), row.locale)
            if row.is_gone:
                mirror.pop(key, None)
            else:
                mirror[key] = json.loads(row.body)
        cursor, more = page.cursor, page.more
    return mirror, cursor


def truth(channel):
    """Return the channel's content as the pages themselves would tell it now."""
    built = [documents.build_page(page.specific) for page in public_pages(channel)]
    return {(str(doc.document_id), doc.locale): json.loads(doc.body) for doc in built}


def without_units(mirror):
    return {key: document for key, document in mirror.items() if document["type"] != "unit"}


@hypothesis_settings(suppress_health_check=list(HealthCheck))
@given(operations=OPERATIONS)
def test_a_mirror_never_lies(city, operations):
    point = transaction.savepoint()
    try:
        world = World(city)
        for name, first, second in operations:
            try:
                with transaction.atomic():
                    getattr(world, name)(first, second)
            except KpumError:
                continue
        rebuild_marked()
        for channel, (mirror, cursor) in world.mirrors.items():
            from_cursor, _ = catch_up(channel, mirror, cursor)
            from_zero, _ = catch_up(channel, {}, 0)
            assert without_units(from_cursor) == without_units(from_zero) == truth(channel)
    finally:
        transaction.savepoint_rollback(point)

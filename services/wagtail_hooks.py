"""The catalogue's entries in the admin's menu."""

from wagtail import hooks

from services.dictionary_screens import DictionaryGroup


@hooks.register("register_admin_viewset")
def register_dictionaries() -> DictionaryGroup:
    """Give the admin the screens of what all cards refer to."""
    return DictionaryGroup()

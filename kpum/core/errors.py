"""The errors every room shares: a refusal tells a person, in a whole sentence, what was refused."""

from django.core.exceptions import PermissionDenied


class KpumError(Exception):
    """Base of every error of ours. ``str(error)`` is a sentence that may be shown to an editor."""


class Refused(KpumError, PermissionDenied):
    """The person, the state or the authority does not allow it (HTTP 403)."""

"""Wagtail calls the task models; what they must have done, they announce here."""

from django.dispatch import Signal

#: The first stage is about to open for a page: ``page``, ``user``.
submission_arriving = Signal()
#: A stage has opened: ``task_state``, ``user``.
stage_opened = Signal()
#: A reviewer decided in the admin: ``task_state``, ``user``, ``action_name``, ``comment``.
decision_made = Signal()
#: The text enters the path and its form is to be checked: ``task_state``, ``page``.
formal_check_due = Signal()
#: A stage was passed over: ``task_state``, ``stage``, ``reason`` (may be empty).
stage_skipped = Signal()

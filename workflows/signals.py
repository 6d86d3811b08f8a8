"""Wagtail calls the task models; what they must have done, they announce here."""

from django.dispatch import Signal

#: The first stage is about to open for a page: ``page``, ``user``.
submission_arriving = Signal()
#: A stage has opened: ``task_state``, ``user``.
stage_opened = Signal()
#: A reviewer decided in the admin: ``task_state``, ``user``, ``action_name``, ``comment``.
decision_made = Signal()

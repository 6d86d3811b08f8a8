"""What can go wrong when a channel is followed."""


class ChannelError(Exception):
    """The channel cannot be followed; the message says why and what to do."""


class CursorAhead(ChannelError):
    """The portal does not know our cursor: its database was set back. Start again from 0."""

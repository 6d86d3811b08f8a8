"""The staff user of the standalone project; in plugin mode the host's own user stands here."""

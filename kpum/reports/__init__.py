"""What supervisors read: the audit trail, and units that lack an internal order."""

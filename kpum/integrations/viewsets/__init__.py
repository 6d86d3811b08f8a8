"""The admin's screens of the interface register."""

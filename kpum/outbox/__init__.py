"""Events written in the same transaction as the change, and their relay after commit."""

"""Service cards as linked data: CPSV-AP and schema.org, from the document that mirrors hold (ADR 0016)."""

"""Whether a card conforms with what the city's service strategy asks of it (K-16): rules and their results.

The strategy itself is set by a separate ordinance; the rules here are those that follow from the
ordinances and acts of the domain. ``docs/conformity.md`` lists them.
"""

from services.conformity.evidence import Evidence, Severity
from services.conformity.examination import Examination, Result, examine
from services.conformity.rules import RULES, Rule, rule_of

__all__ = ["RULES", "Evidence", "Examination", "Result", "Rule", "Severity", "examine", "rule_of"]

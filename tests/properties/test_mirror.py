"""Promise 3: whatever editors do and whenever mirrors look, each ends with exactly what is public.

With KPUM_PROVE the machine does 50,000 acts, of a seed that it prints.
"""

import json
import os
import random
import time

from django.conf import settings as django_settings
from django.db import connection

from tests.properties.machine import PROVING, WANTED, prove


def test_every_mirror_ends_with_exactly_what_is_public(portal):
    number = random.SystemRandom().randrange(10**6) if PROVING else 2026
    number = int(os.environ.get("KPUM_PROVE_SEED", number))
    print(f"seed {number}", flush=True)

    counting = prove(portal, number, WANTED)

    figures = {
        "database": connection.vendor, "seed": number, "acts": counting.done.total(),
        "checks": counting.checks, "seconds": round(time.monotonic() - counting.begun),
        "of each": dict(sorted(counting.done.items())),
    }  # fmt: skip
    print(json.dumps(figures))
    if PROVING:
        folder = django_settings.VAR_DIR / "proofs"
        folder.mkdir(parents=True, exist_ok=True)
        # One file for each seed: several runs add up.
        file = folder / f"mirror-{connection.vendor}-{number}.json"
        file.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    assert counting.done.total() >= WANTED, figures
    # Acts that were always refused would prove nothing.
    assert len(counting.done) >= 20, figures

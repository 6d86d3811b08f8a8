"""A client of the channels of KPUM, the city-services portal of Kraków.

``ChannelClient`` asks; ``follow`` keeps a copy in a folder, in SQLite or in PostgreSQL; ``verify`` proves it.
Needs Python and httpx; cryptography for proofs, psycopg for PostgreSQL. Imports neither Django nor anything of
the portal's. ``python -m kpum.client --help`` does it all from a shell; docs/api.md is the ten-minute path.
"""

from kpum.client.channel import ChannelClient
from kpum.client.errors import (
    ChannelError,
    CursorAhead,
    DocumentGone,
    GarbledAnswer,
    InvalidInput,
    KeyNeeded,
    KeyRefused,
    MirrorBusy,
    MirrorError,
    NotFound,
    PortalFailed,
    ProblemAnswer,
    ProofError,
    RedirectRefused,
    TooManyRequests,
    UnknownDocument,
    Unreachable,
)
from kpum.client.follow import Report, follow
from kpum.client.mirror import Mirror
from kpum.client.opening import open_mirror
from kpum.client.proof import Difference, Proof, verify
from kpum.client.records import (
    Change,
    Document,
    Manifest,
    MediaFacts,
    Page,
    Successor,
    TypeRoot,
)
from kpum.client.wire import Manners

__all__ = [
    "Change",
    "ChannelClient",
    "ChannelError",
    "CursorAhead",
    "Difference",
    "Document",
    "DocumentGone",
    "GarbledAnswer",
    "InvalidInput",
    "KeyNeeded",
    "KeyRefused",
    "Manifest",
    "Manners",
    "MediaFacts",
    "Mirror",
    "MirrorBusy",
    "MirrorError",
    "NotFound",
    "Page",
    "PortalFailed",
    "ProblemAnswer",
    "Proof",
    "ProofError",
    "RedirectRefused",
    "Report",
    "Successor",
    "TooManyRequests",
    "TypeRoot",
    "UnknownDocument",
    "Unreachable",
    "follow",
    "open_mirror",
    "verify",
]

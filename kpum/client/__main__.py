"""``python -m kpum.client URL TARGET``."""

import sys

from kpum.client.console import main

sys.exit(main())

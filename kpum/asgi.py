"""The ASGI entry of the runnable project (WSGI is cheaper here, see docs/adr/0003)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpum.settings.production")

application = get_asgi_application()

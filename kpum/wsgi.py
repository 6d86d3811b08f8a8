"""The WSGI entry of the runnable project."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpum.settings.production")

application = get_wsgi_application()

"""The media address. It takes the place of a web server's folder of uploads."""

import re

from django.conf import settings
from django.urls import URLPattern, re_path

from kpum.media.views import serve

_PREFIX = str(settings.MEDIA_URL)

#: None, where uploads lie on another host: that host must keep them to itself.
urlpatterns: list[URLPattern] = (
    []
    if "://" in _PREFIX or _PREFIX in {"", "/"}
    else [re_path(rf"^{re.escape(_PREFIX.lstrip('/'))}(?P<name>.+)$", serve, name="kpum_media")]
)

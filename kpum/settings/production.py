"""Production: base plus HTTPS, and secrets that must come from the environment."""

from kpum.settings.base import *

SECRET_KEY = env.text("KPUM_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.words("KPUM_ALLOWED_HOSTS")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

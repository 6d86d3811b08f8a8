"""The project's image and document models, reached only through Wagtail's getters."""

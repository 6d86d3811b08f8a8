"""The bench's server: the portal's application, which counts a request's queries when it is asked to."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connection

#: Sent with a request whose queries are to be counted; ``ASK`` then tells how many they were.
HEADER = "X-Bench-Count"
ASK = "/bench/queries"


class Counting:
    """Counts the queries of one request after another; a process of one thread has one of these."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._last = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == ASK:
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [str(self._last).encode()]
        if "HTTP_X_BENCH_COUNT" not in environ:
            return self._application(environ, start_response)
        return self._counted(environ, start_response)

    def _counted(self, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        self._last = 0

        def count(execute: Any, *arguments: Any) -> Any:
            self._last += 1
            return execute(*arguments)

        # Around the body, too: a stream asks the database while it is sent.
        with connection.execute_wrapper(count):
            answer = self._application(environ, start_response)
            try:
                yield from answer
            finally:
                answer.close()


application = Counting(get_wsgi_application())

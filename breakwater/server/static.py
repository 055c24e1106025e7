"""Serves the static files."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.core.files.base import ContentFile, File
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import NOT_ALLOWED_RESPONSE, Response
from whitenoise.storage import CompressedManifestStaticFilesStorage

from breakwater.server.joining import JOINED, joined


class Gathered(CompressedManifestStaticFilesStorage):
    """Static files of real use, each under a name that changes with what is in it."""

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        """Join, on every gathering: a part may have changed where the file that imports it has not."""
        whole = {name: (_Parts(kept), path) for name, (kept, path) in paths.items() if name in JOINED}
        yield from super().post_process(paths | whole, *args, **options)


@dataclass(frozen=True)
class _Parts:
    """Where files lie that are read as one with what they import."""

    kept: Any

    def open(self, path: str) -> File:
        return ContentFile(joined(Path(self.kept.path(path))).encode())


class Whole:
    """A file that was joined and lies nowhere, asked as WhiteNoise asks its own."""

    def __init__(self, body: bytes, headers: Headers) -> None:
        self._body = body
        self._tag = f'"{hashlib.sha256(body).hexdigest()}"'
        self._same = [*headers.items(), ("ETag", self._tag)]

    def get_response(self, method: str, asked: dict[str, Any]) -> Response:
        """The file, or that it did not change."""
        if method not in ("GET", "HEAD"):
            return NOT_ALLOWED_RESPONSE
        if asked.get("HTTP_IF_NONE_MATCH") == self._tag:
            return Response(HTTPStatus.NOT_MODIFIED, self._same, None)
        headers = [*self._same, ("Content-Length", str(len(self._body)))]
        return Response(HTTPStatus.OK, headers, BytesIO(self._body) if method == "GET" else None)


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, answering with the whole file at once: ours are small, and under ASGI its streams are none."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        """One file as it will be answered; where none were gathered, joined here, and anew while one works on it."""
        if not self.use_finders or url.removeprefix(self.static_prefix) not in JOINED:
            return super().get_static_file(path, url, stat_cache=stat_cache)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        return Whole(joined(Path(path)).encode(), headers)

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """One file, or that it did not change."""
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file:
                body = found.file.read()
        response = HttpResponse(body, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response

"""Answers with strong ETags, 304 and compression, made in one place."""

from __future__ import annotations

import functools
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import cramjam
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

GEOJSON = "application/geo+json"
JSON = "application/json"
ATOM = "application/atom+xml"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
COLUMNS = "application/octet-stream"
HTML = "text/html; charset=utf-8"
WITHOUT_BODY = "ledger.without_body"  # in the scope of a request for the head of an answer

_LEAST_BYTES = 1024
_LEAST_ALONE, _MOST_TOGETHER = 2**16, 2**18
_MOST_HEADER = 1000  # of a header as much as a client has reason to send
Piece = bytes | memoryview
Pack = Callable[[bytes, str], bytes]  # compresses a body as a content coding says
_COMPRESS: dict[str, Callable[[bytes, int], bytes]] = {
    "zstd": lambda body, level: bytes(cramjam.zstd.compress(body, level=level)),
    "br": lambda body, level: bytes(cramjam.brotli.compress(body, level=level)),
    "gzip": lambda body, level: bytes(cramjam.gzip.compress(body, level=level)),
}
# Levels, the coding that is taken first of those that a client weighs alike: the quickest, or the one that packs best.
_QUICK = {"zstd": 3, "br": 5, "gzip": 5}
CODINGS = tuple(_QUICK)
_THOROUGH = {"br": 11, "zstd": 19, "gzip": 9}
THOROUGH = tuple(_THOROUGH)


def etag(*parts: object) -> str:
    """Return an opaque text that is the same only for the same parts, made for use as a tag."""
    return hashlib.blake2b("\x00".join(map(str, parts)).encode(), digest_size=9).hexdigest()


@functools.cache
def code_tag() -> str:
    """Return a text that changes with our code, so that no answer outlives the code that made it."""
    files = sorted(p for name in ("geo", "web", "api") for p in (_root() / name).rglob("*") if p.is_file())
    stamps = [f"{p.relative_to(_root())}:{p.stat().st_mtime_ns}" for p in files if p.suffix != ".pyc"]
    return etag(*stamps)


def _root() -> Path:
    return Path(__file__).resolve().parent.parent


def answer(
    request: Request,
    tag: str,
    make_body: Callable[[], bytes | list[Piece]],
    media_type: str,
    headers: Mapping[str, str] | None = None,
    status: int = 200,
    pack: Pack | None = None,
    weak: bool = False,
) -> Response:
    """Return the body compressed as the client accepts, under the strong tag of just those bytes, or 304.

    `tag` names the uncompressed body; the body is only made when the client does not have it. `pack` compresses in
    place of the quick way, for bodies that are packed once and sent often. A `weak` tag is one of bodies that say the
    same in other bytes.
    """
    encoding = accepted_encoding(
        request.headers.get("accept-encoding", "")[:_MOST_HEADER], tuple(_THOROUGH if pack else _QUICK)
    )
    full_tag = ("W/" if weak else "") + (f'"{tag}-{encoding}"' if encoding else f'"{tag}"')
    kept = {"ETag": full_tag, "Vary": "Accept-Encoding", "Cache-Control": "no-cache", **(headers or {})}
    if _is_known(request, tag, encoding):
        return Response(status_code=304, headers=kept)
    made = make_body()
    pieces = made if isinstance(made, list) else [made]
    if encoding and sum(map(len, pieces)) >= _LEAST_BYTES:
        pieces = [(pack or pack_quickly)(b"".join(pieces), encoding)]
        kept["Content-Encoding"] = encoding
    return (
        InPieces(pieces, status, kept, media_type) if len(pieces) > 1 else Response(pieces[0], status, kept, media_type)
    )


class InPieces(Response):
    """A body of several buffers, which are sent as they are: a large one is not copied."""

    def __init__(self, pieces: Sequence[Piece], status: int, headers: Mapping[str, str], media_type: str) -> None:
        self.pieces = pieces
        length = str(sum(map(len, pieces)))
        super().__init__(None, status, {**headers, "Content-Length": length}, media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for part in in_large_parts(self.pieces):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def in_large_parts(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Put small pieces together: to send one costs as much as to copy some 50 kB."""
    few = bytearray()
    for piece in pieces:
        is_large = len(piece) >= _LEAST_ALONE
        if few and (is_large or len(few) + len(piece) > _MOST_TOGETHER):
            yield bytes(few)
            few.clear()
        if is_large:
            yield piece
        else:
            few += piece
    if few:
        yield bytes(few)


def streamed(
    request: Request,
    tag: str,
    make_chunks: Callable[[], Iterator[bytes]],
    media_type: str,
    headers: Mapping[str, str],
) -> Response:
    """Return what is made in parts and sent while it is made, under a weak tag, or 304; for HEAD nothing is made."""
    kept = {"ETag": f'W/"{tag}"', "Cache-Control": "no-cache", **headers}
    if _is_known(request, tag, None):
        return Response(status_code=304, headers=kept)
    chunks = iter(()) if request.scope.get(WITHOUT_BODY) else make_chunks()
    if media_type.startswith("text/") and _accepts_gzip(request.headers.get("accept-encoding", "")):
        kept["Content-Encoding"], chunks = "gzip", _packed(chunks)
    return StreamingResponse(chunks, 200, kept, media_type)


def _accepts_gzip(header: str) -> bool:
    """Return whether a client takes the one coding that we make in parts."""
    asked = weights(header)
    return asked.get("gzip", asked.get("*", 0.0)) > 0


def _packed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(5, wbits=31)  # 31 is gzip
    for chunk in chunks:
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


def moved(address: str) -> Response:
    """Send a reader to what stands, for good, for what was asked for (RFC 9110 section 15.4.2)."""
    return Response(status_code=301, headers={"Location": address, "Cache-Control": "no-cache"})


def pack_quickly(body: bytes, encoding: str) -> bytes:
    """Return the body compressed in about the time in which it is sent."""
    return _COMPRESS[encoding](body, _QUICK[encoding])


def pack_thoroughly(body: bytes, encoding: str) -> bytes:
    """Return the body compressed as small as it gets."""
    return _COMPRESS[encoding](body, _THOROUGH[encoding])


@functools.lru_cache(maxsize=256)
def pack_once(body: bytes, encoding: str) -> bytes:
    """Return the body compressed as small as it gets, and remember it; for the files of the pages."""
    return pack_thoroughly(body, encoding)


@functools.lru_cache(maxsize=1024)
def accepted_encoding(header: str, ours: tuple[str, ...] = tuple(_QUICK)) -> str | None:
    """Return the client's preferred content coding of ours, the first of those preferred alike; None for none.

    RFC 9110 section 12.5.3.
    """
    asked = weights(header)
    offered = [(asked.get(name, asked.get("*", 0.0)), -order, name) for order, name in enumerate(ours)]
    weight, _, name = max(offered)
    return name if weight > 0 else None


def weights(header: str) -> dict[str, float]:
    """Return what an Accept header asks for, each in lower case with its weight (RFC 9110 section 12.4.2)."""
    found: dict[str, float] = {}
    for item in header.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        found[name] = next((_weight(each) for each in parameters if re.match(r"q\s*=", each)), 1.0)
    return found


def _weight(parameter: str) -> float:
    match = re.fullmatch(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameter)
    return float(match.group(1)) if match else 0.0


def weight_of(asked: Mapping[str, float], media_type: str) -> float:
    """Return how much a client likes a media type: what names it most closely counts (RFC 9110 section 12.5.1)."""
    plain = media_type.partition(";")[0]
    wider = (plain, f"{plain.partition('/')[0]}/*", "*/*")
    return next((asked[each] for each in wider if each in asked), 0.0)


def _is_known(request: Request, tag: str, encoding: str | None) -> bool:
    """Return whether a client has these bytes; If-None-Match compares weakly (RFC 9110 section 13.1.2)."""
    told = [value for name, value in request.scope["headers"] if name == b"if-none-match"]
    if not told or request.method != "GET":
        return False
    tags = {part.strip().removeprefix("W/").strip('"') for part in b",".join(told).decode("latin-1").split(",")}
    return (f"{tag}-{encoding}" if encoding else tag) in tags or "*" in tags

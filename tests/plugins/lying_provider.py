"""An OpenID Connect provider that answers as it is told to: rightly, wrongly, late, or not at all."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLIENT = "lanzarote"
SECRET = "a secret: with / signs"


class Provider:
    """Speaks the truth until somebody changes ``claims``, ``header``, ``said`` …"""

    keys = (RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}), RSAKey.generate_key(2048, {"kid": "two"}))
    """Made once: they take time."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.issuer = f"http://127.0.0.1:{server.server_address[1]}/realms/town"
        self.said: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?realm=town",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/out",
            "code_challenge_methods_supported": ["S256"],
        }
        self.published = [self.keys[0]]
        self.signing = self.keys[0]
        self.claims: dict[str, Any] = {}
        """What the ID token says otherwise; None: it does not say it."""
        self.info: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.token_answer: Callable[[dict[str, Any]], tuple[int, bytes]] | None = None
        self.asked: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.nonce = ""
        self.drips = 0.0
        self.status = 0

    def id_token(self) -> str:
        at = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": CLIENT,
            "exp": at + 300,
            "iat": at,
            "nonce": self.nonce,
            "email": "ana@school.example",
            "email_verified": True,
            "name": "Ana Plume",
            "sid": "session-1",
        } | self.claims
        return self.signed({name: value for name, value in claims.items() if value is not None})

    def log_out_token(self, **otherwise: Any) -> str:
        at = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": CLIENT,
            "iat": at,
            "exp": at + 120,
            "jti": "message-1",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        } | otherwise
        return self.signed({name: value for name, value in claims.items() if value is not None})

    def signed(self, claims: dict[str, Any]) -> str:
        key: Any = self.signing
        algorithms = ["RS256", "HS256"]
        if self.header.get("alg") == "HS256":
            key = OctKey.import_key(SECRET)
        if self.header.get("alg") == "none":
            return unsigned(claims)
        return jwt.encode(self.header, claims, key, algorithms=algorithms)

    def answer(self, path: str, given: dict[str, Any], headers: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append((path, given, headers))
        if self.status:
            return self.status, b""
        place = urlsplit(path).path.removeprefix("/realms/town")
        if place == "/.well-known/openid-configuration":
            return 200, json.dumps({name: told for name, told in self.said.items() if told is not None}).encode()
        if place == "/keys":
            return 200, json.dumps({"keys": [key.as_dict(private=False) for key in self.published]}).encode()
        if place == "/userinfo":
            return 200, json.dumps({"sub": "subject-1"} | self.info).encode()
        if place == "/token" and self.token_answer:
            return self.token_answer(given)
        if place == "/token":
            return 200, json.dumps({"id_token": self.id_token(), "access_token": "a", "token_type": "Bearer"}).encode()
        return 404, b"{}"


def unsigned(claims: dict[str, Any]) -> str:
    import base64

    def part(told: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


@contextmanager
def providing() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()})

        def _answer(self, given: dict[str, Any]) -> None:
            status, body = provider.answer(self.path, given, {k.lower(): v for k, v in self.headers.items()})
            if provider.drips:
                # A byte now and then: no single wait is long.
                for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 50_000:
                    self.wfile.write(bytes([byte]))
                    time.sleep(provider.drips)
                    if not provider.drips:
                        return
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up are expected here
    provider = Provider(server)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

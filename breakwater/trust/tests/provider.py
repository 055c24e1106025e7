"""A small identity provider on this machine: it really answers over HTTP, really signs, and lies when it is told to."""

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "breakwater", "known to both"


class Provider:
    """Somebody signs in here. What it says of them can be bent by ``lies``."""

    def __init__(self, port):
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.other_key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.lies, self.about, self.asked, self.codes = {}, {}, [], {}
        self.told = 0
        self.looks_on = None

    def signs_in(self, address, subject):
        """Somebody signs in at the address they were sent to. The code and the state they come back with."""
        sent = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code {len(self.codes)}"
        self.codes[code] = sent | {"sub": subject}
        return {"code": code, "state": sent["state"]}

    def page(self, path, form):
        """What is answered at a path; first whatever somebody wants to see meanwhile."""
        if self.looks_on:
            self.looks_on()
        if path == "/.well-known/openid-configuration":
            self.told += 1
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return 200, {"issuer": self.issuer} | {
                k: f"{self.issuer}/{v}" for k, v in places.items()
            } | self.about
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        return self.token(form) if path == "/token" else (404, {})

    def token(self, form):
        """What a code is worth, once, to whom it was given."""
        self.asked.append(form)
        given = self.codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if given is None or form["client_secret"] != SECRET or form["redirect_uri"] != given["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if proof.rstrip(b"=").decode() != given["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": given["sub"], "nonce": given["nonce"], "iat": now,
            "exp": now + 300,
        } | self.lies  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        header, key = {"alg": "RS256", "kid": "one"}, self.key
        if claims.pop("forged", False):
            key = self.other_key
        if claims.pop("unsigned", False):
            parts = [json.dumps({"alg": "none"}), json.dumps(claims)]
            plain = ".".join(base64.urlsafe_b64encode(one.encode()).rstrip(b"=").decode() for one in parts)
            return 200, {"id_token": f"{plain}."}
        return 200, {"id_token": jwt.encode(header, claims, key)}


@contextmanager
def a_provider():
    """One that answers until the test is over."""
    made = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer({})

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer({name: values[0] for name, values in parse_qs(body).items()})

        def answer(self, form):
            status, told = made["provider"].page(urlsplit(self.path).path, form)
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made["provider"] = Provider(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made["provider"]
    server.shutdown()
    server.server_close()
    thread.join(5)

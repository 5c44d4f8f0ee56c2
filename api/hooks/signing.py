"""How a message is signed: the Standard Webhooks specification, 1.0.0, by a shared secret."""

from __future__ import annotations

import base64
import hmac
import time

_PREFIX = "whsec_"


def shown(secret: bytes) -> str:
    """Return a secret as it is shown to who receives messages, once ("Signature scheme")."""
    return _PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a message: HMAC-SHA256 of id, time and body."""
    signed = hmac.digest(secret, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(signed).decode()}"


def headers(secret: bytes, message_id: str, body: bytes, timestamp: int | None = None) -> dict[str, str]:
    """Return the headers of a message that is sent now ("Webhook headers")."""
    at = int(time.time()) if timestamp is None else timestamp
    signed = signature(secret, message_id, at, body)
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": signed}

"""Texts without secrets: whatever leaves the program (messages, files, tags, params) goes through here.

Two things are taken out: what stands where addresses and connection strings hold secrets, and, wherever it stands, each
secret that the environment of this process holds.
"""

from __future__ import annotations

import base64
import os
import re
import urllib.parse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from savedesk.errors import printable

MASK = "***"
SHORTEST = 5  # characters of a secret that is searched for in any text: shorter ones occur by chance
LONGEST_AUTHORITY = 1000  # characters between the scheme of an address and the sign @ behind its secret
_NAMES = (
    "password|passwd|pwd|passphrase|token|access_token|auth_token|id_token|refresh_token|api_key|apikey|access_key|"
    "secret_access_key|accountkey|account_key|sharedaccesskey|private_key|client_secret|secret|credentials?"
)
_NAMES_IN_QUERIES = "pass|key|sig|signature|sas|auth|authorization"  # ordinary words elsewhere
_VALUE = r"('[^']*'|\"[^\"]*\"|[^&;,\s'\"#)}]+)"
# scheme://user:secret@host; the last sign @ before a blank counts, since a password may hold one, or a slash. An
# address that was taken for a path has one slash.
_AUTHORITY = re.compile(rf"([A-Za-z][A-Za-z0-9+.-]*://?)([^\s'\"<>]{{0,{LONGEST_AUTHORITY}}})@")
_PAIRS = (
    re.compile(rf"(?i)((?<![A-Za-z0-9])(?:{_NAMES})\s*=\s*){_VALUE}"),
    re.compile(rf"(?i)([?&;](?:{_NAMES_IN_QUERIES})=){_VALUE}"),
)
_HEADER = re.compile(r"(?i)\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}")
_OF_SECRETS = re.compile(r"(?i)(^|_)(pass|password|passwd|pwd|passphrase|token|secret|credentials?|apikey|key)(_|$)")
_ENDS_AS_SECRET = re.compile(
    r"(?i)(^|[._])(pass|password|passwd|passphrase|token|secret|apikey|(api|secret|access|account|private)[._]key)$"
)
_ORDINARY = re.compile(r"[a-z]+|[0-9]+")  # a secret that may be a part of an ordinary word or number

_CODES = re.compile(r"(\x1b\[[0-9;?]*[A-Za-z])")  # of a console: colours, places of the cursor


def redacted(text: str, secrets: Iterable[str] | None = None) -> str:
    """Return a text without passwords, tokens and keys.

    Args:
        text: any text, of one line or many.
        secrets: texts that are secret wherever they stand; those of the environment if absent.
    """
    held = environment_secrets() if secrets is None else set(secrets)
    for secret in sorted(held, key=len, reverse=True):
        if secret in text:
            text = _without(secret, text)
    if ":/" in text:
        text = _AUTHORITY.sub(_without_user, text)
    if "=" in text:
        for pair in _PAIRS:
            text = pair.sub(rf"\g<1>{MASK}", text)
    return _HEADER.sub(rf"\g<1>{MASK}", text)


def shortened(text: str, most: int, ending: str = "...") -> str:
    """Return the beginning of a text. Secrets go first: of one that is cut in two, the rest would not be known."""
    clean = redacted(text)
    return clean if len(clean) <= most else clean[:most] + ending


def place_of_secret(values: Any, place: str = "") -> str | None:
    """Return the key of the first text in nested mappings and lists that holds a secret; None if none does."""
    if isinstance(values, Mapping):
        pairs = [(f"{place}.{name}" if place else str(name), name, value) for name, value in values.items()]
    elif isinstance(values, list | tuple):
        pairs = [(place, "", value) for value in values]
    else:
        return place if isinstance(values, str) and redacted(values, ()) != values else None
    for where, name, value in pairs:
        if isinstance(value, str) and value and _ENDS_AS_SECRET.search(_snake(str(name))):
            return where
        if inner := place_of_secret(value, where):
            return inner
    return None


def _snake(name: str) -> str:
    """Return ``spark.ssl.keyPassword`` as ``spark.ssl.key_password``."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name)


def _without(secret: str, text: str) -> str:
    if _ORDINARY.fullmatch(secret):
        return re.sub(rf"(?<![A-Za-z0-9]){secret}(?![A-Za-z0-9])", MASK, text)
    return text.replace(secret, MASK)


def _without_user(match: re.Match[str]) -> str:
    """Return the scheme and the mask; an address without a user, with a sign @ far behind in its path, as it is."""
    user = match.group(2)
    if "/" in user and ":" not in user.partition("/")[0]:
        return match.group(0)
    return f"{match.group(1)}{MASK}@"


def redacted_values(values: Any) -> Any:
    """Return nested mappings and lists with each text redacted; a value under the name of a secret is masked whole."""
    if isinstance(values, Mapping):
        return {
            name: MASK if value and is_secret_name(str(name)) and isinstance(value, str) else redacted_values(value)
            for name, value in values.items()
        }
    if isinstance(values, list | tuple):
        return [redacted_values(value) for value in values]
    return redacted(values) if isinstance(values, str) else values


def is_secret_name(name: str) -> bool:
    """Return whether a variable or key is named as secrets are: ``..._PASSWORD``, ``api_token``."""
    return bool(_OF_SECRETS.search(name.rpartition(".")[2]))


def environment_secrets(environment: Mapping[str, str] | None = None) -> set[str]:
    """Return the secrets that the environment holds: values of variables named so, and those within addresses.

    Args:
        environment: variables by name; those of this process if absent.
    """
    given = os.environ if environment is None else environment
    secrets: set[str] = set()
    for name, value in given.items():
        if is_secret_name(name) and not Path(value).is_absolute():
            secrets.add(value)
            user = given.get(name.upper().replace("PASSWORD", "USERNAME"))
            secrets |= {_as_sent(user, value)} if user and user != value else set()
        if ":/" in value or "=" in value:
            secrets |= _within(value)
    quoted = {
        form for secret in secrets for form in (urllib.parse.quote(secret, safe=""), urllib.parse.unquote(secret))
    }
    return {secret for secret in secrets | quoted if len(secret) >= SHORTEST}


def _within(value: str) -> set[str]:
    """Return the secrets of an address or a connection string; of ``user:secret@host`` the secret alone."""
    secrets = {match.group(2).strip("'\"") for pair in _PAIRS for match in pair.finditer(value)}
    for match in _AUTHORITY.finditer(value):
        user, colon, secret = match.group(2).partition(":")
        if colon and "/" not in user:
            secrets |= {secret, _as_sent(user, secret)}
        elif not colon and "/" not in user:
            secrets.add(user)  # a token alone: https://token@host
    return secrets


def _styled(text: str) -> str:
    """Return a text made printable between the codes of a console."""
    return "".join(part if place % 2 else printable(part) for place, part in enumerate(_CODES.split(text)))


def _as_sent(user: str, secret: str) -> str:
    """Return user and secret as a browser sends them: a server may repeat that."""
    return base64.b64encode(urllib.parse.unquote(f"{user}:{secret}").encode()).decode()


class RedactedStream:
    """A stream of text that lets no secret through, and nothing that a terminal would obey."""

    def __init__(self, stream: TextIO, *, styled: bool = False) -> None:
        """Take the secrets of the environment as they are now.

        Args:
            stream: where the text goes.
            styled: whether codes for colours and lines go through: what is written has no other texts from outside.
        """
        self._stream, self._secrets, self._styled = stream, environment_secrets(), styled

    def write(self, text: str) -> int:
        """Write a text without its secrets; return the length of what was given."""
        clean = redacted(text, self._secrets)
        self._stream.write(_styled(clean) if self._styled else printable(clean))
        return len(text)

    @property
    def rich_proxied_file(self) -> RedactedStream:
        """What a console of Rich writes to, which makes texts and codes apart."""
        return self if self._styled else RedactedStream(self._stream, styled=True)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write lines without their secrets."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """Return whatever else the stream has."""
        return getattr(self._stream, name)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Errors of libdd as exceptions.

Each number of dd.h has a class, so that a program can catch what it means to; all are an
:class:`Error`, with the number as ``code`` and words for people as ``text``. Where Python has an
exception for the same thing, the class is that as well: ``except TimeoutError`` catches a
:class:`TimedOutError`.
"""

import enum
from typing import ClassVar

from ._library import lib


class ErrorCode(enum.IntEnum):
    """dd_error_t: what an :class:`Error` or an event tells of."""

    OK = 0
    MALFORMED = 1
    PROTOCOL = 2
    UNKNOWN_PEER = 3
    NAME_TAKEN = 4
    NAME_INVALID = 5
    NO_DESTINATION = 6
    UPLINK_DOWN = 7
    OVERLOADED = 8
    REFUSED = 9
    SCOPE_INVALID = 10
    TOPIC_INVALID = 11
    TOO_LARGE = 12
    HOP_LIMIT = 13
    LOOP = 14
    LIMIT = 15
    DRAINING = 16
    TIMEOUT = 17
    NOT_SUBSCRIBED = 18
    UNKNOWN = 19
    UNREADABLE = 20
    RATE_LIMITED = 21
    MOVED = 22
    ARGUMENT = 64
    MEMORY = 65
    FILE = 66
    KEYS = 67
    NOT_CONNECTED = 68
    OUTBOX_FULL = 69
    DECRYPT = 70
    NETWORK = 71
    CLOSED = 72
    FORKED = 73

    @property
    def text(self) -> str:
        """A fixed sentence for it."""
        return strerror(self)

    @classmethod
    def _missing_(cls, value: object) -> "ErrorCode | None":
        """A number of a later library: known by nothing but itself."""
        if not isinstance(value, int) or value < 0:
            return None
        unknown = int.__new__(cls, value)
        unknown._name_ = f"E_{value}"
        unknown._value_ = value
        return unknown


def strerror(code: int) -> str:
    """A fixed English sentence for an error, also for unknown numbers."""
    text: bytes = lib.dd_strerror(code)
    return text.decode()


class Error(Exception):
    """What libdd says is wrong: ``code``, and ``text`` for people."""

    code: ErrorCode = ErrorCode.OK
    _classes: ClassVar[dict[int, type["Error"]]] = {}

    def __init__(self, text: str = "", code: "ErrorCode | None" = None) -> None:
        super().__init__(text)
        if code is not None:
            self.code = code
        self.text = text or strerror(self.code)

    def __init_subclass__(cls) -> None:
        Error._classes.setdefault(cls.code, cls)

    def __str__(self) -> str:
        return self.text

    @staticmethod
    def of(code: int, about: str = "") -> "Error":
        """The exception for a number, with what it is about behind its sentence."""
        text = f"{strerror(code)}: {about}" if about else strerror(code)
        return Error.saying(code, text)

    @staticmethod
    def saying(code: int, text: str) -> "Error":
        """The exception for a number, in these words."""
        return Error._classes.get(code, Error)(text, ErrorCode(code))


class MalformedError(Error):
    """The broker sent bytes that are no record."""

    code = ErrorCode.MALFORMED


class ProtocolError(Error):
    """The broker sent what has no place there, or doesn't know what it was asked."""

    code = ErrorCode.PROTOCOL


class UnknownPeerError(Error):
    """The broker doesn't know the connection any more; the client registers again."""

    code = ErrorCode.UNKNOWN_PEER


class NameTakenError(Error):
    """Another client of the tenant has that name."""

    code = ErrorCode.NAME_TAKEN


class NameInvalidError(Error, ValueError):
    """Not a valid name of a client, tenant or broker."""

    code = ErrorCode.NAME_INVALID


class NoDestinationError(Error):
    """No client of that name is anywhere in the tree."""

    code = ErrorCode.NO_DESTINATION


class UplinkDownError(Error):
    """The client may be elsewhere in the tree, but the way there is cut."""

    code = ErrorCode.UPLINK_DOWN


class OverloadedError(Error):
    """The receiver doesn't read as fast as it is sent to, or has left too many without an outcome."""

    code = ErrorCode.OVERLOADED


class RefusedError(Error, PermissionError):
    """The key doesn't allow it, or the broker doesn't know the key."""

    code = ErrorCode.REFUSED


class ScopeInvalidError(Error, ValueError):
    """Not a scope, or one without meaning at this broker."""

    code = ErrorCode.SCOPE_INVALID


class TopicInvalidError(Error, ValueError):
    """Not a topic, or one of another tenant."""

    code = ErrorCode.TOPIC_INVALID


class TooLargeError(Error, ValueError):
    """More than the broker carries."""

    code = ErrorCode.TOO_LARGE


class HopLimitError(Error):
    """The notification passed too many brokers."""

    code = ErrorCode.HOP_LIMIT


class LoopError(Error):
    """The broker would become its own ancestor."""

    code = ErrorCode.LOOP


class LimitError(Error):
    """A limit on clients, subscriptions, questions, requests or descriptors is reached."""

    code = ErrorCode.LIMIT


class DrainingError(Error):
    """The broker is shutting down; the client comes back when it is there again."""

    code = ErrorCode.DRAINING


class TimedOutError(Error, TimeoutError):
    """Nothing was heard for too long."""

    code = ErrorCode.TIMEOUT


class NotSubscribedError(Error):
    """There is no such subscription."""

    code = ErrorCode.NOT_SUBSCRIBED


class UnknownError(Error):
    """It may or may not have arrived."""

    code = ErrorCode.UNKNOWN


class UnreadableError(Error):
    """The receiver has it, but its keys don't open it."""

    code = ErrorCode.UNREADABLE


class RateLimitedError(Error):
    """The tenant has sent as much as it may for now."""

    code = ErrorCode.RATE_LIMITED


class MovedError(Error):
    """The client is reached in another way now."""

    code = ErrorCode.MOVED


class ArgumentError(Error, ValueError):
    """What was given can't be, or the call has no place there."""

    code = ErrorCode.ARGUMENT


class OutOfMemoryError(Error, MemoryError):
    """Out of memory, or of threads."""

    code = ErrorCode.MEMORY


class FileError(Error, OSError):
    """A key file can't be read."""

    code = ErrorCode.FILE


class KeysError(Error, ValueError):
    """A key file's content isn't what it must be."""

    code = ErrorCode.KEYS


class NotConnectedError(Error, ConnectionError):
    """Not registered at a broker at this moment."""

    code = ErrorCode.NOT_CONNECTED


class OutboxFullError(Error):
    """Too much waits for the network, or for its outcome; ``drain()`` waits for room."""

    code = ErrorCode.OUTBOX_FULL


class DecryptError(Error):
    """A payload that the tenant's keys don't open."""

    code = ErrorCode.DECRYPT


class NetworkError(Error, ConnectionError):
    """The broker can't be reached, or the connection has ended."""

    code = ErrorCode.NETWORK


class ClosedError(Error):
    """The client has ended, and won't come back."""

    code = ErrorCode.CLOSED


class ForkedError(Error):
    """The client was made in another process, before a fork."""

    code = ErrorCode.FORKED

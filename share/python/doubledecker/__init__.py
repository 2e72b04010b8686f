# SPDX-License-Identifier: LGPL-2.1-or-later
"""DoubleDecker: messaging between tenants' programs, through a tree of brokers.

This is libdd for Python, all of it, by ctypes alone::

    import doubledecker as dd

    with dd.Client("tcp://127.0.0.1:5555", "a-keys.json", "cli1") as client:
        client.notify("cli2", "hello")
        print(client.request("public.lookup", "get printer").text)
        for event in client:
            match event:
                case dd.Notification(source=who, text=words):
                    print(who, "says", words)

:class:`Client` waits where it is called, :class:`AsyncClient` is for asyncio. What goes wrong is an
:class:`Error`, whose subclasses have an :class:`ErrorCode` each; what clients are told is an
:class:`Event` of a class of its own. doubledecker-python(3) shows how to use it, and dd_client(3)
says what each call promises.

The environment variable DD_LIBRARY names the library to load, or the folder that has it, where that
isn't the installed one.
"""

from ._base import Callback, Data, Log, LogLevel
from ._library import (
    BROKER_MAX,
    CLIENT_MAX,
    NAME_MAX,
    PAYLOAD_DEFAULT,
    PAYLOAD_MAX,
    SCOPE_MAX,
    TENANT_MAX,
    TOPIC_MAX,
    VERSION,
    WANT_OUTCOME,
    WANT_RECEIPT,
    lib as _lib,
)
from .aio import AsyncClient
from .client import Client
from .errors import (
    ArgumentError,
    ClosedError,
    DecryptError,
    DrainingError,
    Error,
    ErrorCode,
    FileError,
    ForkedError,
    HopLimitError,
    KeysError,
    LimitError,
    LoopError,
    MalformedError,
    MovedError,
    NameInvalidError,
    NameTakenError,
    NetworkError,
    NoDestinationError,
    NotConnectedError,
    NotSubscribedError,
    OutboxFullError,
    OutOfMemoryError,
    OverloadedError,
    ProtocolError,
    RateLimitedError,
    RefusedError,
    ScopeInvalidError,
    TimedOutError,
    TooLargeError,
    TopicInvalidError,
    UnknownError,
    UnknownPeerError,
    UnreadableError,
    UplinkDownError,
    strerror,
)
from .events import (
    Closed,
    Delivered,
    Disconnected,
    Event,
    EventType,
    Failure,
    Gap,
    Hop,
    Notification,
    Publication,
    Receipt,
    Registered,
    Reply,
    Report,
    Subscribed,
    Unsubscribed,
)
from .loop import Loop

__version__ = VERSION


def version() -> str:
    """The version of the library that runs; ``__version__`` is that of this module."""
    text: bytes = _lib.dd_version()
    return text.decode()


__all__ = [
    "ArgumentError",
    "AsyncClient",
    "BROKER_MAX",
    "CLIENT_MAX",
    "Callback",
    "Client",
    "Closed",
    "ClosedError",
    "Data",
    "DecryptError",
    "Delivered",
    "Disconnected",
    "DrainingError",
    "Error",
    "ErrorCode",
    "Event",
    "EventType",
    "Failure",
    "FileError",
    "ForkedError",
    "Gap",
    "Hop",
    "HopLimitError",
    "KeysError",
    "LimitError",
    "Log",
    "LogLevel",
    "Loop",
    "LoopError",
    "MalformedError",
    "MovedError",
    "NAME_MAX",
    "NameInvalidError",
    "NameTakenError",
    "NetworkError",
    "NoDestinationError",
    "NotConnectedError",
    "NotSubscribedError",
    "Notification",
    "OutOfMemoryError",
    "OutboxFullError",
    "OverloadedError",
    "PAYLOAD_DEFAULT",
    "PAYLOAD_MAX",
    "ProtocolError",
    "Publication",
    "RateLimitedError",
    "Receipt",
    "RefusedError",
    "Registered",
    "Reply",
    "Report",
    "SCOPE_MAX",
    "ScopeInvalidError",
    "Subscribed",
    "TENANT_MAX",
    "TOPIC_MAX",
    "TimedOutError",
    "TooLargeError",
    "TopicInvalidError",
    "UnknownError",
    "UnknownPeerError",
    "UnreadableError",
    "Unsubscribed",
    "UplinkDownError",
    "WANT_OUTCOME",
    "WANT_RECEIPT",
    "strerror",
    "version",
]

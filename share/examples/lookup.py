#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""lookup - a service for all tenants that knows where things are, as lookup.c is:

    lookup.py ENDPOINT public-keys.json             serves
    lookup.py ENDPOINT KEYFILE 'set NAME PLACE'     tells it one
    lookup.py ENDPOINT KEYFILE 'get NAME'           asks it for one
"""

import asyncio
import sys

import doubledecker as dd

places: dict[str, tuple[str, str]] = {}


def answer(request: dd.Notification) -> str:
    """A place is its tenant's; all others may ask for it."""
    tenant = request.source.partition(".")[0]
    match request.text.split():
        case ["get", name]:
            return places[name][1] if name in places else "nowhere"
        case ["set", name, place] if places.get(name, (tenant,))[0] == tenant:
            places[name] = tenant, place
            return "set"
    return "refused"


async def serve(endpoint: str, keyfile: str) -> None:
    async with dd.AsyncClient(endpoint, keyfile, "lookup") as client:
        async for event in client:
            match event:
                case dd.Notification(is_request=True):
                    client.reply(event, answer(event))
                case dd.Disconnected() | dd.Closed():
                    print(event.text, file=sys.stderr)


def ask(endpoint: str, keyfile: str, question: str) -> None:
    with dd.Client(endpoint, keyfile) as client:
        print(client.request("public.lookup", question).text)


def main() -> int:
    if len(sys.argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        if len(sys.argv) == 3:
            asyncio.run(serve(*sys.argv[1:]))
        else:
            ask(*sys.argv[1:])
    except dd.Error as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())

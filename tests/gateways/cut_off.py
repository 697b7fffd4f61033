"""A program of its own network: calls once, switches the network off, calls again; prints how that ends and when.

``unshare -rn python -m tests.gateways.cut_off (sending|working)``: before the second request is sent, or while the
server works on it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

from aleph_alpha import APIConnectionError, Client, CompletionRequest, Prompt
from tests.failures.networks import right_answer
from tests.wire.scripted import Peer, Scripted

REQUEST = CompletionRequest(Prompt.from_text("x"), maximum_tokens=1)


def switch(state: str) -> None:
    subprocess.run(["ip", "link", "set", "lo", state], check=True)


def switch_off_after(arrived: threading.Event) -> None:
    arrived.wait()
    switch("down")


def main(when: str) -> None:
    arrived = threading.Event()

    def works(peer: Peer) -> None:
        request = peer.request()
        if request is not None:
            peer.send(right_answer(request))
            peer.request()
            arrived.set()
            threading.Event().wait(100)

    switch("up")
    with Scripted(works) as server, Client("token", server.url, total_retries=0) as client:
        client.complete(REQUEST, "model")
        if when == "working":
            threading.Thread(target=switch_off_after, args=(arrived,), daemon=True).start()
        else:
            switch("down")
        began = time.monotonic()
        try:
            client.complete(REQUEST, "model")
        except APIConnectionError as error:
            print(f"{time.monotonic() - began:.1f} {error}", flush=True)
        os._exit(0)  # the server waits for what does not come


if __name__ == "__main__":
    main(sys.argv[1])

"""Receives events with stripe-python. benches/benches/peer.rs documents the lines that it reads and writes."""

import base64
import sys
import time

import stripe

SECRET = sys.argv[1]
bodies = []

for line in sys.stdin:
    word, *rest = line.split()
    if word == "body":
        bodies.append(base64.b64decode(rest[0]))
        print("ok", flush=True)
    else:
        body, header = bodies[int(rest[0])], rest[1]
        began = time.perf_counter_ns()
        for _ in range(int(rest[2])):
            assert stripe.Webhook.construct_event(body, header, SECRET).data.object.id
        print(time.perf_counter_ns() - began, flush=True)

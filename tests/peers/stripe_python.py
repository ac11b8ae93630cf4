"""Answers each line of JSON on the standard input with one line: what Stripe's library for Python says.

The requests and answers are those of stripe_node.mjs.
"""

import base64
import json
import sys
import time

import stripe

CLIENT = stripe.StripeClient("sk_test_never_sent")


def sign(request):
    body = base64.b64decode(request["body"]).decode("utf-8")
    header = stripe.WebhookSignature.generate_signature_header(body, request["secret"], request["timestamp"])
    return {"header": header}


def judge(request):
    time.time = lambda: float(request["now"])
    body = base64.b64decode(request["body"])
    header = request["header"]
    if header is not None:
        # WSGI hands the bytes of a header to an application as Latin-1.
        header = base64.b64decode(header).decode("latin-1")
    check = {
        "header": stripe.WebhookSignature.verify_header,
        "snapshot": stripe.Webhook.construct_event,
        "thin": CLIENT.parse_event_notification,
    }[request["op"]]
    try:
        check(body, header, request["secret"], request["tolerance"])
    except Exception as error:
        return {"accepted": False, "why": f"{type(error).__name__}: {error}".split("\n")[0]}
    return {"accepted": True}


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(sign(question) if question["op"] == "sign" else judge(question)), flush=True)

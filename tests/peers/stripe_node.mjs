// Answers each line of JSON on the standard input with one line: what Stripe's library for Node says.
//
// {"op": "sign", "body": base64, "secret": text, "timestamp": seconds}  ->  {"header": text}
// {"op": "header" | "snapshot" | "thin", "header": base64 or null, "body": base64, "secret": text, "tolerance": seconds (0 = off),
//  "now": seconds}  ->  {"accepted": true} or {"accepted": false, "why": text}
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";

// The folder whose node_modules holds the library.
const require = createRequire(path.join(path.resolve(process.argv[2]), "peer.js"));
const Stripe = require("stripe");
const stripe = new Stripe("sk_test_never_sent");

function sign({ body, secret, timestamp }) {
  const payload = Buffer.from(body, "base64").toString("utf8");
  return { header: stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }) };
}

function judge({ op, header, body, secret, tolerance, now }) {
  Date.now = () => now * 1000;
  const payload = Buffer.from(body, "base64");
  // A header's bytes reach an application as Latin-1, which is how Node's own server reads them.
  const value = header === null ? undefined : Buffer.from(header, "base64").toString("latin1");
  try {
    if (op === "header") stripe.webhooks.signature.verifyHeader(payload, value, secret, tolerance);
    else if (op === "snapshot") stripe.webhooks.constructEvent(payload, value, secret, tolerance);
    else if (op === "thin") stripe.parseEventNotification(payload, value, secret, tolerance);
    else throw new TypeError(`unknown op ${op}`);
    return { accepted: true };
  } catch (error) {
    if (error instanceof TypeError && error.message.startsWith("unknown op")) throw error;
    return { accepted: false, why: String(error.message).split("\n")[0] };
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  console.log(JSON.stringify(request.op === "sign" ? sign(request) : judge(request)));
}

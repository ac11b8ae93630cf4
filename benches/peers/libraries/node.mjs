// Receives events with stripe-node. benches/benches/peer.rs documents the lines that it reads and writes.
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";

// The first argument is a folder whose node_modules contains the library.
const require = createRequire(path.join(path.resolve(process.argv[2]), "peer.js"));
const stripe = new (require("stripe"))("sk_test_never_sent");
const secret = process.argv[3];
const bodies = [];

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [word, ...rest] = line.split(" ");
  if (word === "body") {
    bodies.push(Buffer.from(rest[0], "base64"));
    console.log("ok");
  } else {
    const [index, header, times] = rest;
    const body = bodies[Number(index)];
    const began = process.hrtime.bigint();
    for (let n = 0; n < Number(times); n++) {
      if (typeof stripe.webhooks.constructEvent(body, header, secret).data.object.id !== "string") throw new Error("no object");
    }
    console.log(String(process.hrtime.bigint() - began));
  }
}

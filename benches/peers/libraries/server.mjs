// A server on the loopback with stripe-node: `node server.mjs FOLDER SECRET PORT WORKERS`.
import cluster from "node:cluster";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";

const [folder, secret, port, workers] = process.argv.slice(2);
if (cluster.isPrimary && Number(workers) > 1) {
  for (let n = 0; n < Number(workers); n++) cluster.fork();
} else {
  const require = createRequire(path.join(path.resolve(folder), "peer.js"));
  const stripe = new (require("stripe"))("sk_test_never_sent");
  http
    .createServer((request, response) => {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        try {
          stripe.webhooks.constructEvent(Buffer.concat(chunks), request.headers["stripe-signature"], secret);
          response.writeHead(200).end();
        } catch {
          response.writeHead(400).end();
        }
      });
    })
    .listen(Number(port), "127.0.0.1");
}

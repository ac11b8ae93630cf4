//! The receiver of Stripe's own quickstart, whole: two handlers, and a last resort for everything else.
//!
//! ```sh
//! cargo run --example quickstart
//! ```
//!
//! Without a signing secret it makes one for this run and sends itself a signed sample of each event, so that there is something to
//! see without an account. With `STRIPE_WEBHOOK_SECRET` it waits for Stripe.
//!
//! Events are stored before they are answered, and the handlers run from there. The file is in a temporary folder, unless `INBOX` gives a path.

use std::{env, io, net::SocketAddr, path::PathBuf, thread, time::Duration};

use actix_web::{App, HttpServer};
use stripe_hooks::{
    Endpoint, SqliteInbox, Unhandled,
    objects::{PaymentIntent, PaymentMethod},
    on_event,
};

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent) {
    println!("PaymentIntent was successful!");
    println!("  {}: {} {} in the smallest unit of the currency", intent.id, intent.amount, intent.currency);
}

#[on_event("payment_method.attached")]
async fn remember(method: PaymentMethod) {
    println!("PaymentMethod was attached to a Customer!");
    println!("  {}", method.id);
}

async fn unhandled(event: Unhandled) {
    println!("Unhandled event type: {}", event.event_type);
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    stripe_hooks::handle_arguments();
    let folder = tempfile::tempdir()?;
    let file = env::var_os("INBOX").map_or_else(|| folder.path().join("stripe-events.db"), PathBuf::from);
    let endpoint = Endpoint::builder().on_unhandled(unhandled).inbox(SqliteInbox::open(file)?);
    let demonstration =
        env::var_os("STRIPE_WEBHOOK_SECRET").is_none().then(demonstration::secret).transpose()?;
    let endpoint = match &demonstration {
        Some(secret) => endpoint.secret(secret),
        None => endpoint.secret_from_env("STRIPE_WEBHOOK_SECRET"),
    }
    .build()?;

    let serving = endpoint.clone();
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(4242);
    let server =
        HttpServer::new(move || App::new().service(serving.service("/webhook"))).bind(("127.0.0.1", port))?;
    let address = server.addrs().first().copied().unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], port)));
    println!("Listening on http://{address}/webhook");

    if let Some(secret) = demonstration {
        thread::spawn(move || demonstration::run(address, &secret));
    }
    server.run().await?;
    Ok(endpoint.shutdown(Duration::from_secs(30)).await?)
}

/// What Stripe would do, for a newcomer without an account.
mod demonstration {
    use std::{
        net::SocketAddr,
        time::{SystemTime, UNIX_EPOCH},
    };

    use stripe_hooks::signature::{self, Secret};

    /// A signing secret for this run alone.
    pub(crate) fn secret() -> std::io::Result<String> {
        println!(
            "STRIPE_WEBHOOK_SECRET is not set: this run makes a secret of its own and sends itself three signed samples."
        );
        let random = getrandom::u64().map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(format!("whsec_{random:016x}"))
    }

    pub(crate) fn run(address: SocketAddr, secret: &str) {
        for sample in [PAYMENT_INTENT_SUCCEEDED, PAYMENT_METHOD_ATTACHED, PRODUCT_CREATED] {
            if let Err(error) = deliver(address, secret, sample) {
                eprintln!("a sample could not be delivered: {error}");
            }
        }
        // The handlers run after the answers; let what they print come first.
        std::thread::sleep(std::time::Duration::from_millis(500));
        println!();
        println!("To receive the events of your account, run these two, each in a terminal of its own:");
        println!("  stripe listen --forward-to localhost:{}/webhook", address.port());
        println!("  STRIPE_WEBHOOK_SECRET=$(stripe listen --print-secret) cargo run --example quickstart");
    }

    fn deliver(address: SocketAddr, secret: &str, body: &str) -> Result<(), Box<dyn std::error::Error>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let signature = signature::sign(body.as_bytes(), &Secret::new(secret)?, now.try_into()?);
        let request = ureq::post(format!("http://{address}/webhook")).header("Stripe-Signature", signature);
        request.content_type("application/json; charset=utf-8").send(body)?;
        Ok(())
    }

    const PAYMENT_INTENT_SUCCEEDED: &str = r#"{
  "id": "evt_1QuickstartPaymentIntent",
  "object": "event",
  "api_version": "2026-10-28.endive",
  "created": 1793145600,
  "data": {
    "object": {
      "id": "pi_1Quickstart",
      "object": "payment_intent",
      "amount": 2000,
      "amount_received": 2000,
      "capture_method": "automatic",
      "confirmation_method": "automatic",
      "created": 1793145590,
      "currency": "usd",
      "livemode": false,
      "metadata": { "order_id": "6735" },
      "payment_method_types": ["card"],
      "status": "succeeded"
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": { "id": null, "idempotency_key": null },
  "type": "payment_intent.succeeded"
}"#;

    const PAYMENT_METHOD_ATTACHED: &str = r#"{
  "id": "evt_1QuickstartPaymentMethod",
  "object": "event",
  "api_version": "2026-10-28.endive",
  "created": 1793145601,
  "data": {
    "object": {
      "id": "pm_1Quickstart",
      "object": "payment_method",
      "billing_details": { "address": null, "email": null, "name": null, "phone": null },
      "created": 1793145580,
      "customer": "cus_Quickstart",
      "livemode": false,
      "metadata": {},
      "type": "card"
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": { "id": null, "idempotency_key": null },
  "type": "payment_method.attached"
}"#;

    const PRODUCT_CREATED: &str = r#"{
  "id": "evt_1QuickstartProduct",
  "object": "event",
  "api_version": "2026-10-28.endive",
  "created": 1793145602,
  "data": { "object": { "id": "prod_Quickstart", "object": "product" } },
  "livemode": false,
  "pending_webhooks": 1,
  "request": { "id": null, "idempotency_key": null },
  "type": "product.created"
}"#;
}

//! An argument of your own: handlers ask for a `Tenant`, and one place knows how an event tells it.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run --example custom_extractor
//! ```

use std::{collections::HashMap, env, io, sync::Arc};

use actix_web::{App, HttpServer};
use stripe_hooks::{
    Endpoint, EventContext, EventType, FromEvent, Needs, Rejection, objects::Invoice, on_event,
};

/// Which tenants we have, by their Stripe account.
#[derive(Clone)]
struct Tenants(Arc<HashMap<&'static str, &'static str>>);

/// The tenant that an event concerns.
struct Tenant {
    name: &'static str,
}

impl<'cx, E: EventType> FromEvent<'cx, E> for Tenant {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        // Our own account's events are acknowledged. An account that is unknown to us fails, so that Stripe sends its events again.
        let account = cx
            .account()?
            .ok_or_else(|| Rejection::ignore("the event is of our own account, not a tenant's"))?;
        let tenants = cx.state::<Tenants>().ok_or_else(|| Rejection::new("no tenants were provided"))?;
        let name = tenants.0.get(account.as_str()).copied();
        name.map(|name| Self { name }).ok_or_else(|| Rejection::new("the account belongs to no tenant"))
    }

    /// Lets `build()` refuse an endpoint that was given no `Tenants`.
    fn needs(needs: &mut Needs) {
        needs.state::<Tenants>();
    }
}

#[on_event("invoice.paid", "invoice.payment_failed")]
async fn tell_tenant(tenant: Tenant, invoice: Invoice) {
    println!("{}: an invoice of {} {}", tenant.name, invoice.amount_due, invoice.currency);
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let tenants = Tenants(Arc::new(HashMap::from([("acct_bakery", "The bakery")])));
    let endpoint = Endpoint::builder().secret_from_env("STRIPE_WEBHOOK_SECRET").state(tenants).build()?;
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(4242);
    let server = HttpServer::new(move || App::new().service(endpoint.service("/webhook")))
        .bind(("127.0.0.1", port))?;
    println!("Listening on {:?}", server.addrs());
    server.run().await
}

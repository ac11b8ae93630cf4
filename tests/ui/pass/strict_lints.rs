//! Nothing that the strictest lints mind.
#![deny(
    warnings,
    missing_docs,
    unused,
    future_incompatible,
    rust_2018_idioms,
    let_underscore,
    nonstandard_style
)]
#![forbid(unsafe_code)]

use stripe_hooks::{EndpointName, EventId, objects::Invoice, on_event};

/// Names the endpoint of connected accounts.
#[derive(Debug, EndpointName)]
#[endpoint(connect)]
pub struct Connect;

/// Books invoices.
#[on_event("invoice.paid", "invoice.voided", endpoint = Connect)]
pub async fn book(invoice: Invoice, id: EventId) -> Result<(), String> {
    std::future::ready(()).await;
    drop((invoice, id));
    Ok(())
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}

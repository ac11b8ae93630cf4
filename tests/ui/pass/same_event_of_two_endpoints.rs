//! One function for the same event of two endpoints.

use stripe_hooks::{objects::Invoice, on_event};

#[derive(stripe_hooks::EndpointName)]
struct Connect;

#[on_event("invoice.paid")]
#[on_event("invoice.paid", endpoint = Connect, name = "connect")]
async fn book(invoice: Invoice) {
    drop(invoice);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 2);
}

//! Several events with one object.

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid", "invoice.payment_failed")]
async fn book(invoice: Invoice) {
    drop(invoice);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}

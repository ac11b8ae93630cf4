//! Several attributes on one function.

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid")]
#[on_event("invoice.voided", name = "unbook")]
async fn book(invoice: Invoice) {
    drop(invoice);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 2);
}

//! A library crate with a handler in it: what the `library_handlers` example links.

use stripe_hooks::{objects::Charge, on_event};

/// Books a refund. Its id is `ledger::book_refund`, as its path is.
#[on_event("charge.refunded")]
pub async fn book_refund(charge: Charge) {
    println!("booked a refund of {} {}", charge.amount_refunded, charge.currency);
}

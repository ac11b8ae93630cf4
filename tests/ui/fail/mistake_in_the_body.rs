//! A mistake in the body is the only error.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid")]
async fn book(invoice: Invoice) {
    let total: u32 = "a lot";
}

fn main() {}

//! The same event twice.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid", "invoice.paid")] //~ "invoice.paid"
async fn book(invoice: Invoice) {}

fn main() {}

//! An object that one of two events does not carry.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid", "charge.succeeded")]
async fn book(invoice: Invoice) {} //~ Invoice

fn main() {}

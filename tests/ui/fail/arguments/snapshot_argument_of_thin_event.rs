//! An object of a thin event that has a snapshot twin.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("v1.invoice.paid")]
async fn book(invoice: Invoice) {} //~ Invoice

fn main() {}

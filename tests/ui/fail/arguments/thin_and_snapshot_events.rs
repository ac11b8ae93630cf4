//! An object of both twins.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid", "v1.invoice.paid")]
async fn book(invoice: Invoice) {} //~ Invoice

fn main() {}

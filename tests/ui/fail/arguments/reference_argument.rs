//! An argument by reference.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid")]
async fn book(invoice: &Invoice) {} //~ &Invoice

fn main() {}

//! An unlisted thin event with a typed argument.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("v2.core.invoice.reconsidered", unlisted)]
async fn book(invoice: Invoice) {} //~ Invoice

fn main() {}

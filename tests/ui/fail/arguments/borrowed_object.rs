//! An object as `&mut`, which nobody lends.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid")]
async fn book(invoice: &mut Invoice) {} //~ Invoice

fn main() {}

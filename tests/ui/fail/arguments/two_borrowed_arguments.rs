//! Two `&mut` arguments.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid")]
async fn book(one: &mut Invoice, other: &mut Invoice) {} //~ Invoice

fn main() {}

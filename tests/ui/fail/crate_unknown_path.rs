//! A re-export that is not there.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", crate = crate::stripe)]
async fn book() {}

fn main() {}

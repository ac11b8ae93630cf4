//! Once the catalogue lists it, `unlisted` is a warning, shown here as an error.
#![allow(unused)]
#![deny(deprecated)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", unlisted)]
async fn book() {}

fn main() {}

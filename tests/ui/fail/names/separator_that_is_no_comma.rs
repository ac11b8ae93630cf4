//! Two names with something else than a comma between them.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid" | "invoice.voided")] //~ |
async fn book() {}

fn main() {}

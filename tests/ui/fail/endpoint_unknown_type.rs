//! An endpoint that was never declared.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", endpoint = Conect)]
async fn book() {}

fn main() {}

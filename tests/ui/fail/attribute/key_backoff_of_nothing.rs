//! A retry that would not wait.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", backoff = "0s")] //~ "0s"
async fn book() {}

fn main() {}

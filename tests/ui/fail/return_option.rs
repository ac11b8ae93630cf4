//! An option.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> Option<()> {
    None
}

fn main() {}

//! A reference to nothing.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> &str { //~ &str
    "booked"
}

fn main() {}

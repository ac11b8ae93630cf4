//! An error type that is not an error.
#![allow(unused)]

use stripe_hooks::on_event;

struct Failure;

#[on_event("invoice.paid")]
async fn book() -> Result<(), Failure> { //~ Result<(), Failure>
    Err(Failure)
}

fn main() {}

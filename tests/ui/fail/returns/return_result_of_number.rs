//! A result of a number, which says nothing.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> Result<u32, std::io::Error> { //~ Result<u32, std::io::Error>
    Ok(1)
}

fn main() {}

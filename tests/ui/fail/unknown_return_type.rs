//! A return type that was not imported.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> Result<(), BookError> {
    Ok(())
}

fn main() {}

//! A return type that was not imported.
//!
//! Import the type, or declare it.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> Result<(), BookError> { //~ BookError
    Ok(())
}

fn main() {}

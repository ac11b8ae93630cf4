//! A `Result` without the type of its error.
//!
//! Write the error's type, or import the `Result` of a crate that has it, such as `anyhow::Result`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> Result<()> { //~ Result
    Ok(())
}

fn main() {}

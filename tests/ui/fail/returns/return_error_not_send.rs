//! An error that must stay on its thread.
#![allow(unused)]

use std::error::Error;

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> Result<(), Box<dyn Error>> { //~ Result<(), Box<dyn Error>>
    Ok(())
}

fn main() {}

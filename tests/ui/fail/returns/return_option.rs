//! An option as the result.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> Option<()> { //~ Option<()>
    None
}

fn main() {}

//! A handler that never ends.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> ! { //~ !
    loop {}
}

fn main() {}

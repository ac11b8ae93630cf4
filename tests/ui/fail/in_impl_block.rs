//! On a function in an `impl` block.
#![allow(unused)]

use stripe_hooks::on_event;

struct Shop;

impl Shop {
    #[on_event("invoice.paid")]
    async fn book() {}
}

fn main() {}

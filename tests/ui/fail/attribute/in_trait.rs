//! The attribute on a method that a trait only declares.
#![allow(unused)]

use stripe_hooks::on_event;

trait Shop {
    #[on_event("invoice.paid")]
    fn book(); //~ book
}

fn main() {}

//! Independent mistakes, which show together.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.payed", "charge.suceeded", prority = 1)] //~ prority //~ "invoice.payed" //~ "charge.suceeded"
async fn book() {}

fn main() {}

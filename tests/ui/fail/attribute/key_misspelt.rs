//! A key with a typing slip.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", endpiont = Connect)] //~ endpiont
async fn book() {}

struct Connect;

fn main() {}

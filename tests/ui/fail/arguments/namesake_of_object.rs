//! A type of the user's own that has the name of what the event carries.
#![allow(unused)]

use stripe_hooks::on_event;

struct Invoice;

#[on_event("invoice.paid")]
async fn book(invoice: Invoice) {} //~ Invoice

fn main() {}

//! A lens, by itself and in the envelope.
#![allow(unused)]

use stripe_hooks::{Event, Id, Lens, objects::{Customer, Invoice, InvoiceStatus}, on_event};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    id: Option<Id<Invoice>>,
    customer: Option<Id<Customer>>,
    amount_paid: i64,
    status: Option<InvoiceStatus>,
}

#[on_event("invoice.paid", "invoice.voided")]
async fn book(paid: Paid, event: Event<Paid>) {}

fn main() {}

//! Whole objects as fields of a lens.
#![allow(unused)]

use stripe_hooks::{Lens, List, Metadata, objects::{InvoiceLineItem, InvoiceStatusTransitions}, on_event};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    status_transitions: InvoiceStatusTransitions,
    lines: List<InvoiceLineItem>,
    metadata: Metadata,
}

#[on_event("invoice.paid")]
async fn book(paid: Paid) {}

fn main() {}

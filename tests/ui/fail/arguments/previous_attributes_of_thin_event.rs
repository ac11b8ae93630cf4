//! What a thin event tells of a change stands elsewhere.
#![allow(unused)]

use stripe_hooks::{PreviousAttributes, on_event};

#[on_event("v1.invoice.updated")]
async fn book(before: PreviousAttributes) {} //~ PreviousAttributes

fn main() {}

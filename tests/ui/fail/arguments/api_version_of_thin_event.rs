//! A thin event is of no API version.
#![allow(unused)]

use stripe_hooks::{ApiVersion, on_event};

#[on_event("v2.core.account.updated")]
async fn sync(version: Option<ApiVersion>) {} //~ Option<ApiVersion>

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(version: Option<ApiVersion>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}

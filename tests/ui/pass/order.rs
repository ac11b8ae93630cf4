//! Runs for one object one at a time, where the object has an id or may have one.
#![deny(warnings)]

use stripe_hooks::{EventId, objects::Subscription, on_event};

#[on_event("customer.subscription.*", order = "object", stale = "skip", parked = "holds", retries = 3, concurrency = 2)]
async fn sync(_subscription: Subscription) {}

#[on_event("invoice.upcoming", "v1.customer.subscription.updated", order = "object", stale = "skip")]
async fn note(_id: EventId) {}

#[on_event("account_notice.created", order = "object", parked = "holds")]
async fn preview(_id: EventId) {}

#[on_event("invoice.reconsidered", "v2.core.invoice.reconsidered", unlisted, order = "object")]
async fn unlisted(_id: EventId) {}

#[on_event(
    "*",
    except(
        "balance.available",
        "balance_settings.*",
        "billing.alert.triggered",
        "cash_balance.*",
        "entitlements.*",
        "tax.settings.updated"
    ),
    order = "object"
)]
async fn audit(_id: EventId) {}

fn main() {}

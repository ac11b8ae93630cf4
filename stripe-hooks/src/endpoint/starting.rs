//! What an endpoint says when it starts.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use crate::{
    policy::Policy,
    registry::{EndpointName, Registration, Table},
};

/// Logs which handlers have keys that only an inbox heeds.
pub(super) fn log_idle_keys(table: &Table) {
    // An answer waits for every handler there, so that `inline` is kept.
    let heeded = |handler: &&Registration| Policy { inline: None, ..handler.policy } == Policy::DEFAULT;
    for handler in table.handlers().filter(|handler| !heeded(handler)) {
        tracing::warn!(
            "{handler} says how its runs are to be tried, which an endpoint without an inbox does not heed"
        );
    }
}

/// Logs which handlers the endpoint has, and which wait for an endpoint that has not been built.
pub(super) fn log_start(name: EndpointName, table: &Table, others: &[&'static Registration]) {
    static BUILT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    built.insert(name.as_str());
    for handler in table.handlers() {
        tracing::info!(endpoint = name.as_str(), "{handler}");
    }
    for handler in others {
        let endpoint = (handler.endpoint)();
        if !built.contains(endpoint.as_str()) {
            tracing::warn!(
                "{handler} belongs to endpoint `{}`, which has not been built so far",
                endpoint.as_str()
            );
        }
    }
}

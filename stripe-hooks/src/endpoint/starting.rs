//! The log lines of an endpoint that starts.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use crate::{
    policy::Policy,
    registry::{EndpointName, Registration, Table},
};

/// Logs the handlers with keys that have no effect without an inbox.
pub(super) fn log_idle_keys(table: &Table) {
    // Without an inbox the answer waits for every handler, which is what `inline` demands.
    let heeded = |handler: &&Registration| Policy { inline: None, ..handler.policy } == Policy::DEFAULT;
    for handler in table.handlers().filter(|handler| !heeded(handler)) {
        tracing::warn!(
            "{handler} says how its runs are to be tried, which an endpoint without an inbox does not heed"
        );
    }
}

/// Logs the handlers of the endpoint, and the handlers whose endpoint has not been built.
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

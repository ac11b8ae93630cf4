//! The log lines of an endpoint that starts.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    endpoint_name::{DefaultEndpoint, EndpointInfo},
    error::EndpointProblem,
    policy::Policy,
    registry::{HandlerTable, Registration},
};

/// The endpoints that this process has built, by name.
static BUILT_NAMES: Mutex<BTreeMap<&'static str, EndpointInfo>> = Mutex::new(BTreeMap::new());

/// Finds another type that has the name of this endpoint: the type of another endpoint's handlers,
/// of an endpoint that this process has built, or of the endpoint without a name. The inbox stores
/// only the name, so each endpoint would run the events of the other.
pub(super) fn namesake(name: EndpointInfo, others: &[&'static Registration]) -> Option<EndpointProblem> {
    let of_handlers = others.iter().map(|handler| (handler.endpoint)());
    let built = BUILT_NAMES.lock().unwrap_or_else(PoisonError::into_inner).get(name.as_str()).copied();
    let mut known = of_handlers.chain(built).chain([EndpointInfo::from_type::<DefaultEndpoint>()]);
    let other = known.find(|other| *other != name && other.as_str() == name.as_str())?;
    let named = if name.is_default() { other } else { name };
    let rival = match named == name && !other.is_default() {
        true => format!("`{}`", other.type_name()),
        false => "the endpoint without a name".to_owned(),
    };
    Some(EndpointProblem::Handler(format!(
        "`{0}` and {rival} both have the name `{1}`, and the inbox would mix up their events; write \
         `#[endpoint(name = \"…\")]` with another name on `{0}`",
        named.type_name(),
        named.as_str()
    )))
}

/// Logs the handlers with keys that have no effect without an inbox.
pub(super) fn log_ignored_policies(table: &HandlerTable) {
    // Without an inbox the answer waits for every handler, which is what `inline` demands.
    let heeded = |handler: &&Registration| Policy { inline: None, ..handler.policy } == Policy::DEFAULT;
    for handler in table.handlers().filter(|handler| !heeded(handler)) {
        tracing::warn!("{handler} sets keys for its runs, which have no effect without an inbox");
    }
}

/// Logs the handlers of the endpoint, and the handlers whose endpoint has not been built.
pub(super) fn log_start(name: EndpointInfo, table: &HandlerTable, others: &[&'static Registration]) {
    let mut built = BUILT_NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    built.insert(name.as_str(), name);
    for handler in table.handlers() {
        tracing::info!(endpoint = name.as_str(), "{handler}");
    }
    for handler in others {
        let endpoint = (handler.endpoint)();
        if !built.contains_key(endpoint.as_str()) {
            tracing::warn!(
                "{handler} belongs to endpoint `{}`, which has not been built so far",
                endpoint.as_str()
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint_name::EndpointName;

    struct CalledDefault;

    impl EndpointName for CalledDefault {
        const NAME: &'static str = "default";
    }

    #[test]
    fn the_endpoint_without_a_name_is_refused_beside_a_handler_of_its_namesake() {
        static OF_NAMESAKE: Registration = Registration {
            endpoint: CalledDefault::INFO,
            ..Registration::new("of_namesake", &[], |_| Err(crate::Rejection::new("not called")))
        };
        let default = EndpointInfo::from_type::<DefaultEndpoint>();
        assert!(namesake(default, &[]).is_none());
        let problem = format!("{:?}", namesake(default, &[&OF_NAMESAKE]));
        let words = "::CalledDefault` and the endpoint without a name both have the name `default`";
        assert!(problem.contains(words), "{problem}");
    }
}

//! The data of an endpoint. The other files of this folder add the steps of a delivery to it.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex},
};

use super::{
    gate::DeliveryGate,
    settings::{EndpointSettings, SecretsFn},
    throttle::Throttle,
};
use crate::{
    body_budget::BodyBudget, context::States, counts::Counters, endpoint_name::EndpointInfo,
    registry::HandlerTable, signature::Secret,
};

/// Receives the events of one webhook endpoint and hands them to its handlers.
///
/// Cloning is cheap and gives the same endpoint. See <https://docs.stripe.com/webhooks>.
///
/// The inbox is beside the rest, because its runs hold the rest while they work: an endpoint that is
/// dropped leaves its inbox at once.
#[derive(Clone)]
pub struct Endpoint(
    pub(crate) Arc<EndpointInner>,
    #[cfg(feature = "inbox")] pub(super) Option<Arc<crate::inbox::OpenInbox>>,
);

pub(crate) struct EndpointInner {
    pub(super) name: EndpointInfo,
    pub(super) secrets: Vec<Secret>,
    pub(super) ask_secrets: Option<SecretsFn>,
    pub(super) states: States,
    pub(crate) settings: EndpointSettings,
    pub(super) handlers: HandlerTable,
    pub(super) counters: Counters,
    pub(crate) gate: DeliveryGate,
    pub(crate) body_budget: Arc<BodyBudget>,
    /// API versions of another release train for which a warning was logged.
    pub(super) reported_api_versions: Mutex<BTreeSet<String>>,
    pub(super) diagnosis_throttle: Mutex<Throttle>,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.0.name)
            .field("counts", &self.0.counters.snapshot())
            .finish_non_exhaustive()
    }
}

//! Logs the likely reason why a delivery did not verify.
//!
//! [`crate::diagnosis`] finds the reasons in one delivery. This file adds the knowledge of the
//! other endpoints of the program. A diagnosis costs a few HMACs, so a flood of deliveries with bad
//! signatures gets one per second.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::{Endpoint, inner::EndpointInner};
use crate::{
    diagnosis::{self, Cause},
    signature::{Secret, SignatureError},
};

/// All endpoints of this program, to recognise a delivery that was meant for another one.
static BUILT_ENDPOINTS: Mutex<Vec<Weak<EndpointInner>>> = Mutex::new(Vec::new());

/// Adds an endpoint to those that a diagnosis considers.
pub(super) fn register_endpoint(endpoint: &Endpoint) {
    let mut endpoints = BUILT_ENDPOINTS.lock().unwrap_or_else(PoisonError::into_inner);
    endpoints.retain(|endpoint| endpoint.strong_count() > 0);
    endpoints.push(Arc::downgrade(&endpoint.0));
}

impl Endpoint {
    /// Logs the likely cause, if there is one.
    pub(super) fn log_likely_cause(
        &self,
        error: SignatureError,
        header: &[u8],
        body: &[u8],
        secrets: &[Secret],
        now: i64,
    ) {
        if !self.0.diagnosis_throttle.lock().unwrap_or_else(PoisonError::into_inner).try_acquire() {
            return;
        }
        let Some(cause) = diagnosis::likely_cause(error, header, body, secrets, now) else { return };
        let another = match cause {
            Cause::Unknown => self.find_intended_endpoint(header, body),
            _ => None,
        };
        let cause = another.unwrap_or_else(|| cause.to_string());
        tracing::warn!(endpoint = self.0.name.as_str(), "likely cause: {cause}");
    }

    fn find_intended_endpoint(&self, header: &[u8], body: &[u8]) -> Option<String> {
        let others: Vec<_> = {
            let endpoints = BUILT_ENDPOINTS.lock().unwrap_or_else(PoisonError::into_inner);
            endpoints.iter().filter_map(Weak::upgrade).filter(|other| !Arc::ptr_eq(other, &self.0)).collect()
        };
        let meant =
            others.into_iter().find(|other| diagnosis::any_secret_matches(header, body, &other.secrets))?;
        Some(format!(
            "the delivery was signed with the secret of endpoint `{}`; the URLs or the secrets of the two are \
             exchanged",
            meant.name.as_str()
        ))
    }
}

//! Tells the operator of an endpoint why a delivery did not verify.
//!
//! What there is to find is [`crate::diagnosis`]'s; here is what only endpoints know: each other. A diagnosis costs a few more HMACs, so
//! that a flood of forged deliveries gets one a second.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

use super::{Endpoint, Inner};
use crate::{
    diagnosis::{self, Cause},
    signature::{Secret, SignatureError},
};

/// When the last diagnosis was made.
#[derive(Debug, Default)]
pub(crate) struct Diagnosed(Option<Instant>);

impl Diagnosed {
    /// Whether it is time for another one.
    fn is_due(&mut self) -> bool {
        let due = self.0.is_none_or(|last| last.elapsed() >= Duration::from_secs(1));
        if due {
            self.0 = Some(Instant::now());
        }
        due
    }
}

/// All endpoints of this program, so that one can say that a delivery was meant for another.
static ENDPOINTS: Mutex<Vec<Weak<Inner>>> = Mutex::new(Vec::new());

pub(crate) fn enlist(endpoint: &Endpoint) {
    let mut endpoints = ENDPOINTS.lock().unwrap_or_else(PoisonError::into_inner);
    endpoints.retain(|endpoint| endpoint.strong_count() > 0);
    endpoints.push(Arc::downgrade(&endpoint.0));
}

impl Endpoint {
    /// Logs the likely cause, if one can be found.
    pub(super) fn diagnose(
        &self,
        error: SignatureError,
        header: &[u8],
        body: &[u8],
        secrets: &[Secret],
        now: i64,
    ) {
        if !self.0.diagnosed.lock().unwrap_or_else(PoisonError::into_inner).is_due() {
            return;
        }
        let Some(cause) = diagnosis::likely_cause(error, header, body, secrets, now) else { return };
        let another = match cause {
            Cause::Unknown => self.meant_for_another(header, body),
            _ => None,
        };
        let cause = another.unwrap_or_else(|| cause.to_string());
        tracing::warn!(endpoint = self.0.name.as_str(), "likely cause: {cause}");
    }

    fn meant_for_another(&self, header: &[u8], body: &[u8]) -> Option<String> {
        let others: Vec<_> = {
            let endpoints = ENDPOINTS.lock().unwrap_or_else(PoisonError::into_inner);
            endpoints.iter().filter_map(Weak::upgrade).filter(|other| !Arc::ptr_eq(other, &self.0)).collect()
        };
        let meant = others.into_iter().find(|other| diagnosis::matches(header, body, &other.secrets))?;
        Some(format!(
            "the delivery was signed with the secret of endpoint `{}`; the URLs or the secrets of the two are exchanged",
            meant.name.as_str()
        ))
    }
}

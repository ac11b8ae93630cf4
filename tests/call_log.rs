//! A log of handler calls.

use std::sync::{Arc, Mutex};

/// The names of the handlers that have run, in their order.
#[derive(Clone, Default)]
pub(crate) struct CallLog(Arc<Mutex<Vec<&'static str>>>);

impl CallLog {
    pub(crate) fn add_call(&self, handler: &'static str) {
        self.0.lock().unwrap().push(handler);
    }

    /// Returns all calls since the last call of this function.
    pub(crate) fn take_calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

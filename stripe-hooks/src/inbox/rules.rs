//! The handlers that an inbox works for, and what their attributes say of their runs.

use std::collections::HashMap;

use crate::policy::Policy;

/// The handlers that the inbox works for.
#[derive(Debug)]
pub(super) struct Rules {
    policies: HashMap<&'static str, Policy>,
    all: Vec<&'static str>,
    /// Those that only the number of workers limits: claimed together, in one question.
    unlimited: Vec<&'static str>,
}

impl Rules {
    pub(super) fn new(handlers: impl IntoIterator<Item = (&'static str, Policy)>) -> Self {
        let policies: HashMap<_, _> = handlers.into_iter().collect();
        let mut all: Vec<_> = policies.keys().copied().collect();
        all.sort_unstable();
        let unlimited = all.iter().filter(|id| policies[**id].concurrency.is_none()).copied().collect();
        Self { policies, all, unlimited }
    }

    pub(super) fn all(&self) -> &[&'static str] {
        &self.all
    }

    pub(super) fn unlimited(&self) -> &[&'static str] {
        &self.unlimited
    }

    pub(super) fn policy(&self, handler: &str) -> Policy {
        self.policies.get(handler).copied().unwrap_or(Policy::DEFAULT)
    }

    pub(super) fn limited(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let limit = |id: &&'static str| {
            let limit = self.policies[*id].concurrency?;
            Some((*id, usize::try_from(limit).unwrap_or(usize::MAX)))
        };
        self.all.iter().filter_map(limit)
    }
}

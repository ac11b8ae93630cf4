//! The handlers that an inbox works for, with the policies of their runs.

use std::collections::HashMap;

use crate::policy::Policy;

/// The handlers that the inbox works for.
#[derive(Debug)]
pub(super) struct Rules {
    policies: HashMap<&'static str, Policy>,
    all: Vec<&'static str>,
    groups: Vec<Group>,
}

/// Handlers whose runs are claimed together, in one query.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) handlers: Vec<&'static str>,
    /// Number of their runs that one process works on at once; `None` where only the number of
    /// workers limits them.
    pub(super) limit: Option<usize>,
}

impl Rules {
    pub(super) fn new(handlers: impl IntoIterator<Item = (&'static str, Policy)>) -> Self {
        let policies: HashMap<_, _> = handlers.into_iter().collect();
        let mut all: Vec<_> = policies.keys().copied().collect();
        all.sort_unstable();
        let (limited, unlimited): (Vec<_>, Vec<_>) =
            all.iter().copied().partition(|id| policies[*id].concurrency.is_some());
        let mut groups: Vec<_> = limited
            .into_iter()
            .map(|id| Group {
                handlers: vec![id],
                limit: policies[id].concurrency.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
            })
            .collect();
        if !unlimited.is_empty() {
            groups.push(Group { handlers: unlimited, limit: None });
        }
        Self { policies, all, groups }
    }

    pub(super) fn all(&self) -> &[&'static str] {
        &self.all
    }

    /// The groups with their indexes, starting with the one whose turn it is: round robin, so that
    /// a long queue of one group delays no other.
    pub(super) fn groups(&self, turn: usize) -> impl Iterator<Item = (usize, &Group)> {
        let count = self.groups.len();
        self.groups.iter().enumerate().cycle().skip(turn.checked_rem(count).unwrap_or_default()).take(count)
    }

    pub(super) fn policy(&self, handler: &str) -> Policy {
        self.policies.get(handler).copied().unwrap_or(Policy::DEFAULT)
    }
}

//! The handlers that an inbox works for, with the rules for their runs.

use std::collections::HashMap;

use crate::policy::Policy;

/// The rule for the runs of one handler.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) policy: Policy,
    /// `true` if the handler replies, so that its run decides the answer to Stripe.
    pub(crate) replies: bool,
}

/// The handlers that the inbox works for.
#[derive(Debug)]
pub(super) struct HandlerGroups {
    rules: HashMap<&'static str, Rule>,
    handlers: Vec<&'static str>,
    groups: Vec<HandlerGroup>,
}

/// Handlers whose runs are claimed together, in one query.
#[derive(Debug)]
pub(super) struct HandlerGroup {
    pub(super) handlers: Vec<&'static str>,
    /// Number of their runs that one process works on at once; `None` where only the number of
    /// workers limits them.
    pub(super) max_concurrent: Option<usize>,
}

impl HandlerGroups {
    pub(super) fn new(handlers: impl IntoIterator<Item = (&'static str, Rule)>) -> Self {
        let rules: HashMap<_, _> = handlers.into_iter().collect();
        let mut all: Vec<_> = rules.keys().copied().collect();
        all.sort_unstable();
        let (limited, unlimited): (Vec<_>, Vec<_>) =
            all.iter().copied().partition(|id| rules[*id].policy.concurrency.is_some());
        let mut groups: Vec<_> = limited
            .into_iter()
            .map(|id| HandlerGroup {
                handlers: vec![id],
                max_concurrent: rules[id]
                    .policy
                    .concurrency
                    .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
            })
            .collect();
        if !unlimited.is_empty() {
            groups.push(HandlerGroup { handlers: unlimited, max_concurrent: None });
        }
        Self { rules, handlers: all, groups }
    }

    pub(super) fn handlers(&self) -> &[&'static str] {
        &self.handlers
    }

    /// The groups with their indexes, starting with the one whose turn it is: round robin, so that
    /// a long queue of one group delays no other.
    pub(super) fn groups_from(&self, turn: usize) -> impl Iterator<Item = (usize, &HandlerGroup)> {
        let count = self.groups.len();
        self.groups.iter().enumerate().cycle().skip(turn.checked_rem(count).unwrap_or_default()).take(count)
    }

    /// The rule of a handler. A run of an unknown handler gets the default policy.
    pub(super) fn rule(&self, handler: &str) -> Rule {
        self.rules.get(handler).copied().unwrap_or(Rule { policy: Policy::DEFAULT, replies: false })
    }
}

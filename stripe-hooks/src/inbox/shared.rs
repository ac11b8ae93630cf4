//! The parts of an inbox that its endpoints share: the thread, the connections, the slots for
//! attempts, the queue of completions, and the tasks of `upkeep`.
//!
//! The tasks start with the first endpoint. When the last endpoint leaves, the tasks end and the
//! connections close. An operator's handle that is still in use connects again at its
//! next query.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::task::JoinSet;

use super::{
    completer::Completer, loop_health::LoopHealth, process::Process, settings::InboxSettings, slots::Slots,
    store::Store, thread::InboxThread, upkeep,
};
use crate::error::EndpointProblem;

pub(super) struct SharedInbox {
    pub(super) thread: Arc<InboxThread>,
    pub(super) store: Arc<dyn Store>,
    /// The database's place, for messages.
    pub(super) place: String,
    /// The id in the inbox's tables, by which it is recognised.
    pub(super) id: String,
    pub(super) settings: InboxSettings,
    /// This process, as the inbox's tables have it.
    pub(super) process: Arc<Process>,
    pub(super) slots: Arc<Slots>,
    pub(super) completer: Completer,
    /// The health of the loops that all endpoints share.
    pub(super) loop_health: LoopHealth,
    endpoints: Mutex<SharedUse>,
}

/// The endpoints that use the inbox.
#[derive(Default)]
struct SharedUse {
    count: usize,
    /// Number of endpoints of each name: an endpoint that is being dropped may still have its
    /// attempts when the next one of its name joins.
    by_name: BTreeMap<&'static str, usize>,
    /// The tasks that they share.
    tasks: JoinSet<()>,
    /// `true` once the last endpoint has left. The connections may have been closed since.
    has_been_left: bool,
}

/// An endpoint's use of the inbox. It must be given back with [`leave`](Self::leave).
pub(super) struct InboxMembership {
    shared: Arc<SharedInbox>,
    endpoint: &'static str,
}

impl SharedInbox {
    /// Reads the id of the inbox that the store has opened.
    pub(super) fn new(
        thread: InboxThread,
        store: Arc<dyn Store>,
        place: String,
        settings: InboxSettings,
    ) -> Result<Arc<Self>, EndpointProblem> {
        let id = read_inbox_id(&thread, &store, &place)?;
        let loop_health = LoopHealth::default();
        let completer = Completer::start(thread.runtime_handle(), Arc::clone(&store), &loop_health);
        let slots = Slots::new(settings.workers);
        let (thread, process) = (Arc::new(thread), Arc::new(Process::current()));
        let endpoints = Mutex::default();
        Ok(Arc::new(Self {
            thread,
            store,
            place,
            id,
            settings,
            process,
            slots,
            completer,
            loop_health,
            endpoints,
        }))
    }

    /// Checks that the database still holds this inbox, if its connections have been closed.
    pub(super) fn check_place(&self) -> Result<(), EndpointProblem> {
        let may_be_closed = {
            let endpoints = self.endpoints();
            endpoints.count == 0 && endpoints.has_been_left
        };
        if may_be_closed && read_inbox_id(&self.thread, &self.store, &self.place)? != self.id {
            return Err(EndpointProblem::Inbox(format!(
                "the inbox in `{}` is not the one that was opened there; open it again, and give the endpoint the new handle",
                self.place
            )));
        }
        Ok(())
    }

    /// Adds an endpoint. The first one starts the tasks.
    pub(super) fn join(self: &Arc<Self>, endpoint: &'static str) -> InboxMembership {
        let mut endpoints = self.endpoints();
        if endpoints.count == 0 {
            endpoints.tasks = upkeep::start(
                self.thread.runtime_handle(),
                self.settings,
                &self.store,
                &self.slots,
                &self.loop_health,
            );
        }
        endpoints.count += 1;
        *endpoints.by_name.entry(endpoint).or_default() += 1;
        InboxMembership { shared: Arc::clone(self), endpoint }
    }

    fn endpoints(&self) -> MutexGuard<'_, SharedUse> {
        self.endpoints.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SharedUse {
    /// Returns whether this was the last endpoint of its name.
    fn remove_name(&mut self, endpoint: &'static str) -> bool {
        let Some(count) = self.by_name.get_mut(endpoint) else { return false };
        *count -= 1;
        *count == 0 && self.by_name.remove(endpoint).is_some()
    }
}

impl InboxMembership {
    /// Ends the endpoint's use of the inbox. The last one ends the tasks and closes the
    /// connections.
    pub(super) async fn leave(self) {
        let Self { shared, endpoint } = self;
        let (is_last_of_name, last_tasks) = {
            let mut endpoints = shared.endpoints();
            endpoints.count -= 1;
            let is_last = endpoints.count == 0;
            endpoints.has_been_left |= is_last;
            (endpoints.remove_name(endpoint), is_last.then(|| mem::take(&mut endpoints.tasks)))
        };
        if is_last_of_name {
            // `prune_processes` removes the rows a day later if this fails.
            let _ = shared.store.check_out(shared.process.id, endpoint, last_tasks.is_some()).await;
        }
        let Some(mut tasks) = last_tasks else { return };
        tasks.shutdown().await;
        // An endpoint that has joined since uses the connections.
        if shared.endpoints().count == 0 {
            shared.store.close_connections().await;
        }
    }
}

fn read_inbox_id(
    thread: &InboxThread,
    store: &Arc<dyn Store>,
    place: &str,
) -> Result<String, EndpointProblem> {
    let store = Arc::clone(store);
    let id = thread.block_on(async move { store.inbox_id().await.map_err(|error| error.to_string()) });
    let id = id.unwrap_or_else(|| Err("its thread has ended".to_owned()));
    id.map_err(|error| EndpointProblem::Inbox(format!("the inbox in `{place}` cannot be used: {error}")))
}

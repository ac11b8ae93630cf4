//! The parts of an inbox that its endpoints share: the thread, the connections, the slots for
//! attempts, the queue of completions, and the tasks of `upkeep`.
//!
//! The tasks start with the first endpoint. When the last endpoint leaves, the tasks end and the
//! connections close. Whoever still has the inbox, such as an operator, connects again when they
//! need to.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::task::JoinSet;

use super::{
    completer::Completer, process::Process, settings::InboxSettings, slots::Slots, store::Store,
    thread::InboxThread, upkeep,
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
    /// `true` if the connections have been closed since the inbox was opened.
    have_left: bool,
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
        let completer = Completer::start(thread.runtime_handle(), Arc::clone(&store));
        let slots = Slots::new(settings.workers);
        let (thread, process) = (Arc::new(thread), Arc::new(Process::current()));
        let endpoints = Mutex::default();
        Ok(Arc::new(Self { thread, store, place, id, settings, process, slots, completer, endpoints }))
    }

    /// Checks that the database still holds this inbox, if its connections have been closed.
    pub(super) fn check_place(&self) -> Result<(), EndpointProblem> {
        let has_left = {
            let endpoints = self.endpoints();
            endpoints.count == 0 && endpoints.have_left
        };
        if has_left && read_inbox_id(&self.thread, &self.store, &self.place)? != self.id {
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
            endpoints.tasks =
                upkeep::start(self.thread.runtime_handle(), self.settings, &self.store, &self.slots);
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
        if shared.endpoints().remove_name(endpoint) {
            // A process that does not check in for longer than a lease counts as dead.
            let _ = shared.store.check_out(shared.process.id, endpoint).await;
        }
        let mut tasks = {
            let mut endpoints = shared.endpoints();
            endpoints.count -= 1;
            if endpoints.count > 0 {
                return;
            }
            endpoints.have_left = true;
            mem::take(&mut endpoints.tasks)
        };
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

//! Sends the entries of a batch that a foreign lock blocks back into their queue, so that the rest
//! of the batch goes on. A lost connection may keep its locks for a long time.

use std::{iter, mem, time::Duration};

use tokio::sync::mpsc;

/// Delay before a blocked entry is queued again.
const REQUEUE_DELAY: Duration = Duration::from_millis(500);

/// An item of a queue, with the caller that waits for its result.
pub(super) type QueuedItem<T, C> = (T, WaitingCaller<C>);

/// A caller that waits for the result of a queued item.
pub(super) struct WaitingCaller<C> {
    pub(super) caller: C,
    /// `true` once the log has named the item as blocked.
    is_logged: bool,
}

impl<C> WaitingCaller<C> {
    pub(super) fn new(caller: C) -> Self {
        Self { caller, is_logged: false }
    }
}

/// Keeps the entries that no lock blocks, and queues the blocked ones again after a pause. A queue
/// without other senders is closed, and takes none of them.
///
/// `blocked` has one flag for each entry; `log` reports an item that is blocked for the first time.
pub(super) fn requeue_blocked<T, C>(
    entries: impl IntoIterator<Item = QueuedItem<T, C>>,
    blocked: &[bool],
    queue: &mpsc::WeakSender<QueuedItem<T, C>>,
    log: impl Fn(&T),
) -> (Vec<T>, Vec<WaitingCaller<C>>)
where
    T: Send + 'static,
    C: Send + 'static,
{
    let (mut delayed, mut free) = (Vec::new(), Vec::new());
    // An entry without a flag counts as blocked, so that none is lost.
    let blocked = blocked.iter().copied().chain(iter::repeat(true));
    for ((item, mut waiting), is_blocked) in entries.into_iter().zip(blocked) {
        if !is_blocked {
            free.push((item, waiting));
            continue;
        }
        if !mem::replace(&mut waiting.is_logged, true) {
            log(&item);
        }
        delayed.push((item, waiting));
    }
    if let Some(queue) = queue.upgrade()
        && !delayed.is_empty()
    {
        tokio::spawn(async move {
            tokio::time::sleep(REQUEUE_DELAY).await;
            for entry in delayed {
                let _ = queue.send(entry).await;
            }
        });
    }
    free.into_iter().unzip()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn queued_items(items: &[u8]) -> Vec<QueuedItem<u8, char>> {
        items.iter().map(|item| (*item, WaitingCaller::new('c'))).collect()
    }

    #[tokio::test]
    async fn a_blocked_entry_comes_back_and_is_logged_once() {
        let (sender, mut queue) = mpsc::channel(8);
        let logged = RefCell::new(Vec::new());
        let requeue = |entries, blocked: &[bool]| {
            requeue_blocked(entries, blocked, &sender.downgrade(), |item| logged.borrow_mut().push(*item)).0
        };
        assert_eq!(requeue(queued_items(&[1, 2, 3]), &[false, true, false]), [1, 3]);
        let back = queue.recv().await.unwrap();
        assert_eq!((back.0, back.1.caller), (2, 'c'));
        assert_eq!(requeue(vec![back], &[true]), [0; 0]);
        assert_eq!(queue.recv().await.unwrap().0, 2);
        assert_eq!(*logged.borrow(), [2]);
    }

    #[tokio::test]
    async fn a_queue_without_senders_stays_closed() {
        let (sender, mut queue) = mpsc::channel(8);
        let weak = sender.downgrade();
        drop(sender);
        assert_eq!(requeue_blocked(queued_items(&[1, 2]), &[true, false], &weak, |_| ()).0, [2]);
        assert!(queue.recv().await.is_none());
    }
}

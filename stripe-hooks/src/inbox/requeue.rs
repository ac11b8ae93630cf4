//! Sends the entries of a batch that a foreign lock blocks back into their queue, so that the rest
//! of the batch goes on. A lost connection may keep its locks for a long time.

use std::{iter, mem, time::Duration};

use tokio::sync::mpsc;

/// Delay before a blocked entry is queued again.
const PAUSE: Duration = Duration::from_millis(500);

/// An item of a queue, with the caller that waits for its result.
pub(super) type Entry<T, C> = (T, Waiting<C>);

/// A caller that waits for the result of a queued item.
pub(super) struct Waiting<C> {
    pub(super) caller: C,
    /// `true` if the log names the item as blocked, which it does once for each.
    is_logged: bool,
}

impl<C> Waiting<C> {
    pub(super) fn new(caller: C) -> Self {
        Self { caller, is_logged: false }
    }
}

/// Keeps the entries that no lock blocks, and queues the blocked ones again after a pause. A queue
/// without other senders is closed, and takes none of them.
///
/// `blocked` has one flag for each entry; `log` reports an item that is blocked for the first time.
pub(super) fn requeue<T, C>(
    entries: impl IntoIterator<Item = Entry<T, C>>,
    blocked: &[bool],
    queue: &mpsc::WeakSender<Entry<T, C>>,
    log: impl Fn(&T),
) -> (Vec<T>, Vec<Waiting<C>>)
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
            tokio::time::sleep(PAUSE).await;
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

    fn entries(items: &[u8]) -> Vec<Entry<u8, char>> {
        items.iter().map(|item| (*item, Waiting::new('c'))).collect()
    }

    #[tokio::test]
    async fn a_blocked_entry_comes_back_and_is_logged_once() {
        let (sender, mut queue) = mpsc::channel(8);
        let logged = RefCell::new(Vec::new());
        let requeue = |entries, blocked: &[bool]| {
            requeue(entries, blocked, &sender.downgrade(), |item| logged.borrow_mut().push(*item)).0
        };
        assert_eq!(requeue(entries(&[1, 2, 3]), &[false, true, false]), [1, 3]);
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
        assert_eq!(requeue(entries(&[1, 2]), &[true, false], &weak, |_| ()).0, [2]);
        assert!(queue.recv().await.is_none());
    }
}

//! The answer to an event that is stored: `ok` at once, or the result of its inline handlers within
//! their time limits.
//!
//! A delivery reads an answer with a body back from the inbox, so that later deliveries of the
//! event get the same answer as the delivery whose run made it.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep, timeout_at};

use crate::{
    answer::Answer,
    inbox::{Begun, EventKey, NewRun, OpenInbox, RunState, Standing},
    outcome::Rendered,
    registry::Registration,
};

/// First delay between queries for the answer of a run that another delivery began. It doubles up
/// to [`LONGEST_POLL`].
const POLL: Duration = Duration::from_millis(25);
const LONGEST_POLL: Duration = Duration::from_millis(250);

/// The inline handlers of one event, each with the time until which its delivery waits.
pub(super) struct Waiting {
    handlers: Vec<(&'static str, Instant)>,
    reply: Option<AwaitedReply>,
}

/// The one handler of an event that replies.
struct AwaitedReply {
    handler: &'static str,
    /// The event that its run counts for.
    counts_for: EventKey,
    until: Instant,
}

impl Waiting {
    /// Returns the inline handlers of these runs. Their limits count from the arrival of the event.
    pub(super) fn for_runs(
        handlers: &[&'static Registration],
        runs: &[NewRun],
        since: std::time::Instant,
    ) -> Self {
        let mut waiting = Self { handlers: Vec::new(), reply: None };
        for (handler, run) in handlers.iter().zip(runs) {
            let Some(limit) = handler.policy.inline else { continue };
            let until = Instant::from_std(since) + limit;
            if handler.replies() {
                waiting.reply =
                    Some(AwaitedReply { handler: handler.id, counts_for: run.counts_for.clone(), until });
            } else {
                waiting.handlers.push((handler.id, until));
            }
        }
        waiting
    }

    /// Waits for the runs that have begun, each within its limit. It waits for no run longer than
    /// for the handler that replies.
    pub(super) async fn answer(self, inbox: &OpenInbox, mut begun: Vec<Begun>) -> Answer {
        let mut take = |handler: &str| {
            let at = begun.iter().position(|begun| begun.handler == handler)?;
            Some(begun.swap_remove(at))
        };
        let others: Vec<_> =
            self.handlers.iter().filter_map(|(handler, until)| Some((take(handler)?, *until))).collect();
        let Some(reply) = self.reply else {
            for (begun, until) in others {
                let _ = timeout_at(until, begun.ended).await;
            }
            return Answer::ok();
        };
        let begun = take(reply.handler);
        let until = reply.until;
        let answer = reply.answer(inbox, begun).await;
        for (begun, own) in others {
            let _ = timeout_at(own.min(until), begun.ended).await;
        }
        answer
    }
}

impl AwaitedReply {
    /// Returns the reply, or 503 if there is none in time.
    async fn answer(&self, inbox: &OpenInbox, begun: Option<Begun>) -> Answer {
        let is_ours = begun.is_some();
        let found = self.in_time(async {
            if let Some(begun) = begun {
                let _ = begun.ended.await;
            }
            let mut pause = POLL;
            loop {
                if let Ok(standing) = inbox.standing(&self.counts_for, self.handler).await
                    && let Some(answer) = answer_of(standing, is_ours)
                {
                    return answer;
                }
                sleep(pause).await;
                pause = LONGEST_POLL.min(2 * pause);
            }
        });
        found.await.unwrap_or_else(|| {
            tracing::warn!(handler = self.handler, "the reply is not there in time; the answer is 503");
            Answer::unavailable()
        })
    }

    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.until, work).await.ok()
    }
}

/// Returns the answer for a run in this state, or `None` while it is undecided. A delivery that saw
/// its own attempt end does not wait for another attempt.
fn answer_of(standing: Option<Standing>, is_ours: bool) -> Option<Answer> {
    let Some(Standing { state, reply }) = standing else { return Some(Answer::ok()) };
    if let Some(reply) = reply.as_deref().and_then(Rendered::from_text) {
        return Some(Answer::replied(reply));
    }
    match state {
        RunState::Done => Some(Answer::ok()),
        RunState::Parked => Some(Answer::failed()),
        RunState::Pending | RunState::Running => is_ours.then(Answer::failed),
    }
}

//! The answer to an event that is stored: `ok` at once, or the result of its inline handlers within
//! their time limits.
//!
//! A delivery reads an answer with a body back from the inbox, so that later deliveries of the
//! event get the same answer as the delivery whose run made it.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep, timeout_at};

use crate::{
    answer::Answer,
    inbox::{EventKey, InlineRun, NewRun, OpenInbox, RunState, RunStatus},
    outcome::RenderedReply,
    registry::Registration,
};

/// First delay between queries for the answer of a run that another delivery began. It doubles up
/// to [`MAX_POLL_DELAY`].
const FIRST_POLL_DELAY: Duration = Duration::from_millis(25);
const MAX_POLL_DELAY: Duration = Duration::from_millis(250);

/// The inline handlers of one event, each with the time until which its delivery waits.
pub(super) struct InlineWait {
    handler_deadlines: Vec<(&'static str, Instant)>,
    reply: Option<AwaitedReply>,
}

/// The one handler of an event that replies.
struct AwaitedReply {
    handler: &'static str,
    /// The event that its run counts for.
    counts_for: EventKey,
    deadline: Instant,
}

impl InlineWait {
    /// Returns the inline handlers of these runs. Their limits count from the arrival of the event.
    pub(super) fn for_runs(
        handlers: &[&'static Registration],
        runs: &[NewRun],
        since: std::time::Instant,
    ) -> Self {
        let mut waiting = Self { handler_deadlines: Vec::new(), reply: None };
        for (handler, run) in handlers.iter().zip(runs) {
            let Some(limit) = handler.policy.inline else { continue };
            let until = Instant::from_std(since) + limit;
            if handler.replies() {
                waiting.reply = Some(AwaitedReply {
                    handler: handler.id,
                    counts_for: run.counts_for.clone(),
                    deadline: until,
                });
            } else {
                waiting.handler_deadlines.push((handler.id, until));
            }
        }
        waiting
    }

    /// Waits for the runs that have begun, each within its limit. It waits for no run longer than
    /// for the handler that replies.
    pub(super) async fn wait_for_answer(self, inbox: &OpenInbox, mut begun: Vec<InlineRun>) -> Answer {
        let mut take = |handler: &str| {
            let at = begun.iter().position(|begun| begun.handler == handler)?;
            Some(begun.swap_remove(at))
        };
        let others: Vec<_> = self
            .handler_deadlines
            .iter()
            .filter_map(|(handler, until)| Some((take(handler)?, *until)))
            .collect();
        let Some(reply) = self.reply else {
            for (begun, until) in others {
                let _ = timeout_at(until, begun.completed).await;
            }
            return Answer::ok();
        };
        let begun = take(reply.handler);
        let until = reply.deadline;
        let answer = reply.wait_for_reply(inbox, begun).await;
        for (begun, own) in others {
            let _ = timeout_at(own.min(until), begun.completed).await;
        }
        answer
    }
}

impl AwaitedReply {
    /// Returns the reply, or 503 if there is none in time.
    async fn wait_for_reply(&self, inbox: &OpenInbox, begun: Option<InlineRun>) -> Answer {
        let is_ours = begun.is_some();
        let found = self.until_deadline(async {
            if let Some(begun) = begun {
                let _ = begun.completed.await;
            }
            let mut delay = FIRST_POLL_DELAY;
            loop {
                if let Ok(status) = inbox.run_status(&self.counts_for, self.handler).await
                    && let Some(answer) = answer_from_run_status(status, is_ours)
                {
                    return answer;
                }
                sleep(delay).await;
                delay = MAX_POLL_DELAY.min(2 * delay);
            }
        });
        found.await.unwrap_or_else(|| {
            tracing::warn!(handler = self.handler, "the handler has not replied in time; the answer is 503");
            Answer::unavailable()
        })
    }

    async fn until_deadline<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.deadline, work).await.ok()
    }
}

/// Returns the answer for a run in this state, or `None` while it is undecided. A delivery that saw
/// its own attempt end does not wait for another attempt.
fn answer_from_run_status(status: Option<RunStatus>, is_ours: bool) -> Option<Answer> {
    let Some(RunStatus { state, reply }) = status else { return Some(Answer::ok()) };
    if let Some(reply) = reply.as_deref().and_then(RenderedReply::from_text) {
        return Some(Answer::from_reply(reply));
    }
    match state {
        RunState::Done => Some(Answer::ok()),
        RunState::Parked => Some(Answer::failed()),
        RunState::Pending | RunState::Running => is_ours.then(Answer::failed),
    }
}

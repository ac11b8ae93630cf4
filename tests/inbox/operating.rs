//! What operators see and do, and what retention removes.

use std::time::Duration;

use stripe_hooks::{
    Endpoint, EndpointName, State,
    inbox::{Filter, Inbox, ParkReason, RunState},
    on_event,
};

use crate::bench::{Bench, PATIENCE, Seen, deliver, event, on_both};

on_both! {
    parked_runs_are_listed_shown_and_replayed_with_an_audit_row_each,
    what_is_done_is_replayed_only_when_it_is_asked_for,
    a_skipped_run_is_done_and_says_why,
    a_run_in_progress_is_neither_replayed_nor_skipped,
    the_runs_of_a_paused_handler_wait_and_are_counted,
    the_oldest_that_could_begin_tells_how_far_the_work_is_behind,
    retention_removes_bodies_and_events_whose_runs_are_done_and_keeps_what_is_parked,
}

#[derive(stripe_hooks::EndpointName)]
struct Mended;

#[on_event("charge.succeeded", name = "mended", retries = 0, endpoint = Mended)]
async fn is_mended(State(seen): State<Seen>) -> Result<(), &'static str> {
    match seen.add("mended") {
        1 | 2 => Err("a bug"),
        _ => Ok(()),
    }
}

#[on_event("charge.failed", name = "other", endpoint = Mended)]
async fn other(State(seen): State<Seen>) {
    seen.add("other");
}

async fn serving(bench: &Bench, ids: &[&str]) -> (Endpoint, Inbox) {
    let endpoint = bench.endpoint::<Mended>();
    for id in ids {
        assert_eq!(deliver(&endpoint, &event(id, "charge.succeeded")).await, 200);
    }
    let inbox = endpoint.inbox().unwrap();
    (endpoint, inbox)
}

async fn parked_runs_are_listed_shown_and_replayed_with_an_audit_row_each(bench: Bench) {
    let (endpoint, inbox) = serving(&bench, &["evt_1", "evt_2"]).await;
    bench.ended().await;
    let parked = inbox
        .list(&Filter::new().state(RunState::Parked).reason(ParkReason::AttemptsExhausted))
        .await
        .unwrap();
    assert_eq!(parked.iter().map(|run| &*run.event_id).collect::<Vec<_>>(), ["evt_2", "evt_1"]);
    let run = &parked[1];
    assert_eq!((&*run.handler, &*run.event_type, run.attempts), ("mended", "charge.succeeded", 1));
    assert_eq!(run.error.as_deref(), Some("a bug"));
    assert!(run.finished_at.is_some());

    assert_eq!(inbox.replay(&Filter::new().event("evt_1"), "ada").await.unwrap(), [run.id]);
    bench.runs_when("its end", |runs| runs[0].state == "done").await;
    let shown = inbox.show(run.id).await.unwrap().unwrap();
    assert_eq!((shown.run.state, shown.run.attempts, shown.run.reason), (RunState::Done, 1, None));
    assert_eq!(shown.body.unwrap().as_str(), event("evt_1", "charge.succeeded").to_string());
    let audit: Vec<_> = shown.audit.iter().map(|row| (&*row.actor, &*row.action)).collect();
    assert_eq!(audit, [("ada", "replay")]);
    assert!(inbox.show(4711).await.unwrap().is_none());
    endpoint.shutdown(PATIENCE).await.unwrap();
}

async fn what_is_done_is_replayed_only_when_it_is_asked_for(bench: Bench) {
    let (endpoint, inbox) = serving(&bench, &[]).await;
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.failed")).await, 200);
    bench.ended().await;
    assert!(inbox.replay(&Filter::new(), "ada").await.unwrap().is_empty());
    assert_eq!(inbox.replay(&Filter::new().state(RunState::Done), "ada").await.unwrap().len(), 1);
    bench.runs_when("its second end", |runs| bench.seen.times("other") == 2 && runs[0].state == "done").await;
}

async fn a_skipped_run_is_done_and_says_why(bench: Bench) {
    let (_endpoint, inbox) = serving(&bench, &["evt_1"]).await;
    let run = bench.ended().await.remove(0);
    assert_eq!(run.state, "parked");
    let skipped =
        inbox.skip(&Filter::new().state(RunState::Parked), "ada", "refunded by hand").await.unwrap();
    assert_eq!(skipped.len(), 1);
    let shown = inbox.show(skipped[0]).await.unwrap().unwrap();
    assert_eq!((shown.run.state, shown.run.error.as_deref()), (RunState::Done, Some("refunded by hand")));
    assert_eq!(shown.audit[0].note.as_deref(), Some("refunded by hand"));
    assert!(inbox.skip(&Filter::new(), "ada", "again").await.unwrap().is_empty());
}

async fn a_run_in_progress_is_neither_replayed_nor_skipped(bench: Bench) {
    let (_endpoint, inbox) = serving(&bench, &["evt_1"]).await;
    bench.ended().await;
    let later = bench.database.moment(86_400);
    bench.execute(format!("UPDATE stripe_hooks_runs SET state = 'running', lease_until = {later}")).await;
    for state in [None, Some(RunState::Running)] {
        let mut filter = Filter::new();
        if let Some(state) = state {
            filter = filter.state(state);
        }
        assert!(inbox.replay(&filter, "ada").await.unwrap().is_empty());
        assert!(inbox.skip(&filter, "ada", "no").await.unwrap().is_empty());
    }
    assert_eq!(bench.count("SELECT count(*) FROM stripe_hooks_audit").await, 0);
}

async fn the_runs_of_a_paused_handler_wait_and_are_counted(bench: Bench) {
    let (endpoint, inbox) = serving(&bench, &[]).await;
    assert!(inbox.pause(Mended::NAME, "mended", "ada").await.unwrap());
    assert!(!inbox.pause(Mended::NAME, "mended", "ada").await.unwrap());
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(deliver(&endpoint, &event("evt_2", "charge.failed")).await, 200);
    bench.runs_when("the other's end", |runs| runs[1].state == "done").await;
    let stats = inbox.stats().await.unwrap();
    let counts: Vec<_> =
        stats.handlers.iter().map(|of| (&*of.handler, of.paused, of.pending, of.done, of.parked)).collect();
    assert_eq!(counts, [("mended", true, 1, 0, 0), ("other", false, 0, 1, 0)]);
    assert_eq!(stats.oldest_ready, None);
    assert_eq!(bench.seen.times("mended"), 0);
    assert!(inbox.resume(Mended::NAME, "mended", "ada").await.unwrap());
    bench.ended().await;
    assert_eq!(bench.seen.times("mended"), 1);
    assert_eq!(bench.count("SELECT count(*) FROM stripe_hooks_audit WHERE run IS NULL").await, 3);
}

async fn the_oldest_that_could_begin_tells_how_far_the_work_is_behind(bench: Bench) {
    let (endpoint, inbox) = serving(&bench, &["evt_1"]).await;
    bench.ended().await;
    endpoint.shutdown(PATIENCE).await.unwrap();
    drop(inbox);
    let minute_ago = bench.database.moment(-60);
    bench.execute(format!("UPDATE stripe_hooks_runs SET state = 'pending', run_at = {minute_ago}")).await;
    let inbox = bench.inbox().operator();
    let oldest = inbox.stats().await.unwrap().oldest_ready.unwrap();
    assert!(oldest >= Duration::from_secs(59), "{oldest:?}");
}

async fn retention_removes_bodies_and_events_whose_runs_are_done_and_keeps_what_is_parked(bench: Bench) {
    let (endpoint, _) = serving(&bench, &["evt_parked", "evt_parked_too", "evt_done", "evt_young"]).await;
    bench.ended().await;
    endpoint.shutdown(PATIENCE).await.unwrap();
    let [long_ago, lately] = [40, 10].map(|days| bench.database.moment(-days * 86_400));
    bench
        .execute(format!(
            "UPDATE stripe_hooks_events SET received_at = {long_ago} WHERE id <> 'evt_young'; \
             UPDATE stripe_hooks_events SET received_at = {lately} WHERE id = 'evt_young'; \
             UPDATE stripe_hooks_runs SET state = 'parked' WHERE counts_for_id LIKE 'evt_parked%'; \
             UPDATE stripe_hooks_runs SET state = 'done' WHERE counts_for_id NOT LIKE 'evt_parked%'"
        ))
        .await;
    let day = Duration::from_secs(86_400);
    let inbox = bench.inbox().keep_bodies(5 * day).keep_ids(day).operator();
    assert_eq!(inbox.prune().await.unwrap(), 3);
    assert_eq!(inbox.prune().await.unwrap(), 0);
    let left = "SELECT count(*) FROM stripe_hooks_events";
    assert_eq!((bench.count(left).await, bench.runs().await.len()), (3, 3));
    let bodies = "SELECT count(*) FROM stripe_hooks_events WHERE body IS NOT NULL AND id LIKE 'evt_parked%'";
    assert_eq!(bench.count(bodies).await, 2);
    // Known by its id, without its body.
    let endpoint = bench.endpoint::<Mended>();
    assert_eq!(deliver(&endpoint, &event("evt_young", "charge.succeeded")).await, 200);
    assert_eq!((endpoint.counts().stored, endpoint.counts().duplicate), (0, 1));
}

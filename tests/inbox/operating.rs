//! What operators see and do, and what retention removes.

use std::time::Duration;

use stripe_hooks::{
    Endpoint, EndpointName, State,
    inbox::{Filter, Inbox, ParkReason, RunState},
    on_event,
};

use crate::test_inbox::{CallCounts, TestInbox, WAIT_TIMEOUT, deliver_event, event_json, on_both_engines};

on_both_engines! {
    parked_runs_are_listed_shown_and_replayed_with_an_audit_row_each,
    what_is_done_is_replayed_only_when_it_is_asked_for,
    a_skipped_run_is_done_and_says_why,
    a_run_in_progress_is_neither_replayed_nor_skipped,
    the_runs_of_a_paused_handler_wait_and_are_counted,
    the_oldest_that_could_begin_tells_how_far_the_work_is_behind,
    retention_removes_bodies_and_events_whose_runs_are_done_and_keeps_what_is_parked,
}

#[derive(stripe_hooks::EndpointName)]
struct FixedEndpoint;

#[on_event("charge.succeeded", name = "fixed", retries = 0, endpoint = FixedEndpoint)]
async fn is_fixed(State(calls): State<CallCounts>) -> Result<(), &'static str> {
    match calls.count_call("fixed") {
        1 | 2 => Err("a bug"),
        _ => Ok(()),
    }
}

#[on_event("charge.failed", name = "other", endpoint = FixedEndpoint)]
async fn other(State(calls): State<CallCounts>) {
    calls.count_call("other");
}

async fn endpoint_and_inbox(test_inbox: &TestInbox, ids: &[&str]) -> (Endpoint, Inbox) {
    let endpoint = test_inbox.build_endpoint::<FixedEndpoint>();
    for id in ids {
        assert_eq!(deliver_event(&endpoint, &event_json(id, "charge.succeeded")).await, 200);
    }
    let inbox = endpoint.inbox().unwrap();
    (endpoint, inbox)
}

async fn parked_runs_are_listed_shown_and_replayed_with_an_audit_row_each(test_inbox: TestInbox) {
    let (endpoint, inbox) = endpoint_and_inbox(&test_inbox, &["evt_1", "evt_2"]).await;
    test_inbox.wait_until_ended().await;
    let parked = inbox
        .list(&Filter::new().state(RunState::Parked).reason(ParkReason::AttemptsExhausted))
        .await
        .unwrap();
    assert_eq!(parked.iter().map(|run| &*run.event_id).collect::<Vec<_>>(), ["evt_2", "evt_1"]);
    let run = &parked[1];
    assert_eq!((&*run.handler, &*run.event_type, run.attempts), ("fixed", "charge.succeeded", 1));
    assert_eq!(run.error.as_deref(), Some("a bug"));
    assert!(run.finished_at.is_some());

    assert_eq!(inbox.replay(&Filter::new().event("evt_1"), "ada").await.unwrap(), [run.id]);
    test_inbox.wait_for_runs("its end", |runs| runs[0].state == "done").await;
    let shown = inbox.show(run.id).await.unwrap().unwrap();
    assert_eq!((shown.run.state, shown.run.attempts, shown.run.reason), (RunState::Done, 1, None));
    assert_eq!(shown.body.unwrap().as_str(), event_json("evt_1", "charge.succeeded").to_string());
    let audit: Vec<_> = shown.audit.iter().map(|row| (&*row.actor, &*row.action)).collect();
    assert_eq!(audit, [("ada", "replay")]);
    assert!(inbox.show(4711).await.unwrap().is_none());
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
}

async fn what_is_done_is_replayed_only_when_it_is_asked_for(test_inbox: TestInbox) {
    let (endpoint, inbox) = endpoint_and_inbox(&test_inbox, &[]).await;
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.failed")).await, 200);
    test_inbox.wait_until_ended().await;
    assert!(inbox.replay(&Filter::new(), "ada").await.unwrap().is_empty());
    assert_eq!(inbox.replay(&Filter::new().state(RunState::Done), "ada").await.unwrap().len(), 1);
    test_inbox
        .wait_for_runs("its second end", |runs| {
            test_inbox.call_counts.calls_of("other") == 2 && runs[0].state == "done"
        })
        .await;
}

async fn a_skipped_run_is_done_and_says_why(test_inbox: TestInbox) {
    let (_endpoint, inbox) = endpoint_and_inbox(&test_inbox, &["evt_1"]).await;
    let run = test_inbox.wait_until_ended().await.remove(0);
    assert_eq!(run.state, "parked");
    let skipped =
        inbox.skip(&Filter::new().state(RunState::Parked), "ada", "refunded by hand").await.unwrap();
    assert_eq!(skipped.len(), 1);
    let shown = inbox.show(skipped[0]).await.unwrap().unwrap();
    assert_eq!((shown.run.state, shown.run.error.as_deref()), (RunState::Done, Some("refunded by hand")));
    assert_eq!(shown.audit[0].note.as_deref(), Some("refunded by hand"));
    assert!(inbox.skip(&Filter::new(), "ada", "again").await.unwrap().is_empty());
}

async fn a_run_in_progress_is_neither_replayed_nor_skipped(test_inbox: TestInbox) {
    let (_endpoint, inbox) = endpoint_and_inbox(&test_inbox, &["evt_1"]).await;
    test_inbox.wait_until_ended().await;
    let later = test_inbox.database.time_literal(86_400);
    test_inbox
        .execute_sql(format!("UPDATE stripe_hooks_runs SET state = 'running', lease_until = {later}"))
        .await;
    for state in [None, Some(RunState::Running)] {
        let mut filter = Filter::new();
        if let Some(state) = state {
            filter = filter.state(state);
        }
        assert!(inbox.replay(&filter, "ada").await.unwrap().is_empty());
        assert!(inbox.skip(&filter, "ada", "no").await.unwrap().is_empty());
    }
    assert_eq!(test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_audit").await, 0);
}

async fn the_runs_of_a_paused_handler_wait_and_are_counted(test_inbox: TestInbox) {
    let (endpoint, inbox) = endpoint_and_inbox(&test_inbox, &[]).await;
    assert!(inbox.pause(FixedEndpoint::NAME, "fixed", "ada").await.unwrap());
    assert!(!inbox.pause(FixedEndpoint::NAME, "fixed", "ada").await.unwrap());
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.succeeded")).await, 200);
    assert_eq!(deliver_event(&endpoint, &event_json("evt_2", "charge.failed")).await, 200);
    test_inbox.wait_for_runs("the other's end", |runs| runs[1].state == "done").await;
    let stats = inbox.stats().await.unwrap();
    let counts: Vec<_> =
        stats.handlers.iter().map(|of| (&*of.handler, of.paused, of.pending, of.done, of.parked)).collect();
    assert_eq!(counts, [("fixed", true, 1, 0, 0), ("other", false, 0, 1, 0)]);
    assert_eq!(stats.oldest_ready, None);
    assert_eq!(test_inbox.call_counts.calls_of("fixed"), 0);
    assert!(inbox.resume(FixedEndpoint::NAME, "fixed", "ada").await.unwrap());
    test_inbox.wait_until_ended().await;
    assert_eq!(test_inbox.call_counts.calls_of("fixed"), 1);
    assert_eq!(
        test_inbox.query_integer("SELECT count(*) FROM stripe_hooks_audit WHERE run IS NULL").await,
        3
    );
}

async fn the_oldest_that_could_begin_tells_how_far_the_work_is_behind(test_inbox: TestInbox) {
    let (endpoint, inbox) = endpoint_and_inbox(&test_inbox, &["evt_1"]).await;
    test_inbox.wait_until_ended().await;
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    drop(inbox);
    let minute_ago = test_inbox.database.time_literal(-60);
    test_inbox
        .execute_sql(format!("UPDATE stripe_hooks_runs SET state = 'pending', run_at = {minute_ago}"))
        .await;
    let inbox = test_inbox.open_inbox().operator();
    let oldest = inbox.stats().await.unwrap().oldest_ready.unwrap();
    assert!(oldest >= Duration::from_secs(59), "{oldest:?}");
}

async fn retention_removes_bodies_and_events_whose_runs_are_done_and_keeps_what_is_parked(
    test_inbox: TestInbox,
) {
    let (endpoint, _) =
        endpoint_and_inbox(&test_inbox, &["evt_parked", "evt_parked_too", "evt_done", "evt_young"]).await;
    test_inbox.wait_until_ended().await;
    endpoint.shutdown(WAIT_TIMEOUT).await.unwrap();
    let [long_ago, lately] = [40, 10].map(|days| test_inbox.database.time_literal(-days * 86_400));
    test_inbox
        .execute_sql(format!(
            "UPDATE stripe_hooks_events SET received_at = {long_ago} WHERE id <> 'evt_young'; \
             UPDATE stripe_hooks_events SET received_at = {lately} WHERE id = 'evt_young'; \
             UPDATE stripe_hooks_runs SET state = 'parked', result = NULL, reason = 'attempts_exhausted' \
             WHERE counts_for_id LIKE 'evt_parked%'; \
             UPDATE stripe_hooks_runs SET state = 'done', result = 'handled', reason = NULL \
             WHERE counts_for_id NOT LIKE 'evt_parked%'"
        ))
        .await;
    let day = Duration::from_secs(86_400);
    let inbox = test_inbox.open_inbox().keep_bodies(5 * day).keep_ids(day).operator();
    assert_eq!(inbox.prune().await.unwrap(), 3);
    assert_eq!(inbox.prune().await.unwrap(), 0);
    let left = "SELECT count(*) FROM stripe_hooks_events";
    assert_eq!((test_inbox.query_integer(left).await, test_inbox.all_runs().await.len()), (3, 3));
    let bodies = "SELECT count(*) FROM stripe_hooks_events WHERE body IS NOT NULL AND id LIKE 'evt_parked%'";
    assert_eq!(test_inbox.query_integer(bodies).await, 2);
    // Known by its id, without its body.
    let endpoint = test_inbox.build_endpoint::<FixedEndpoint>();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_young", "charge.succeeded")).await, 200);
    assert_eq!((endpoint.counts().stored, endpoint.counts().duplicate), (0, 1));
}

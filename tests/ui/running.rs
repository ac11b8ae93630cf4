//! The behaviour of an expansion at run time: the implementation with which it extracts, the values
//! that it lends and settles, and the source position that it reports.

#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use stripe_hooks::{
    Endpoint, EndpointName, EventContext, EventId, EventTypeName, FromEvent, Lend, Outcome, Rejection, State,
    ThinEvent, events, handlers, on_event,
};

/// The actions of the handlers of one test, in order.
#[derive(Clone, Default)]
struct HandlerLog(Arc<Mutex<Vec<String>>>);

impl HandlerLog {
    fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }
}

/// Sends one event to all handlers of an endpoint. Returns the status and the handlers' actions.
async fn deliver_event<Name: EndpointName>(json: &str) -> (u16, Vec<String>) {
    let log = HandlerLog::default();
    let endpoint =
        Endpoint::builder().name::<Name>().secret("whsec_test").state(log.clone()).build().unwrap();
    let answer = endpoint.dispatch_verified(json.to_owned().into()).await;
    let done = log.0.lock().unwrap().clone();
    (answer.status(), done)
}

fn snapshot_event(name: &str) -> String {
    format!(
        r#"{{"id":"evt_1","object":"event","type":"{name}","created":1,"livemode":false,"data":{{"object":{{}}}}}}"#
    )
}

fn thin_event(name: &str) -> String {
    format!(
        r#"{{"id":"evt_2","object":"v2.core.event","type":"{name}","created":"2026-01-01T00:00:00Z","livemode":false}}"#
    )
}

#[derive(EndpointName)]
struct ExtractorsEndpoint;

/// The implementation of `FromEvent` that the expansion called.
struct UsedExtractor(&'static str);

impl<'cx> FromEvent<'cx, events::InvoicePaid> for UsedExtractor {
    fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(UsedExtractor("paid"))
    }
}

impl<'cx> FromEvent<'cx, events::InvoiceVoided> for UsedExtractor {
    fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(UsedExtractor("voided"))
    }
}

#[on_event("invoice.paid", "invoice.voided", endpoint = ExtractorsEndpoint)]
async fn log_extractor(extractor: UsedExtractor, State(log): State<HandlerLog>) {
    log.add(extractor.0);
}

#[tokio::test]
async fn each_event_is_extracted_in_its_own_way() {
    assert_eq!(
        deliver_event::<ExtractorsEndpoint>(&snapshot_event("invoice.paid")).await,
        (200, vec!["paid".to_owned()])
    );
    assert_eq!(
        deliver_event::<ExtractorsEndpoint>(&snapshot_event("invoice.voided")).await,
        (200, vec!["voided".to_owned()])
    );
}

#[derive(EndpointName)]
struct LoansEndpoint;

/// A resource that logs the end of its run.
struct Ledger(HandlerLog);

impl<'cx> Lend<'cx> for Ledger {
    async fn lend(event: &EventContext<'cx>) -> Result<Self, Rejection> {
        let log = event.state::<HandlerLog>().ok_or_else(|| Rejection::new("no log"))?;
        log.add("lent");
        Ok(Ledger(log.clone()))
    }

    async fn finish(self, outcome: Outcome) -> Outcome {
        self.0.add(if outcome.is_final() { "committed" } else { "rolled back" });
        outcome
    }
}

/// A type that borrows from the event.
struct Name<'a>(std::marker::PhantomData<&'a str>, EventTypeName);

impl<'cx, E: stripe_hooks::EventType> FromEvent<'cx, E> for Name<'cx> {
    fn from_event(event: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(Name(std::marker::PhantomData, event.event_type()))
    }
}

#[on_event("payout.paid", "payout.failed", endpoint = LoansEndpoint)]
async fn book(name: Name<'_>, ledger: &mut Ledger) -> Result<(), String> {
    tokio::task::yield_now().await;
    ledger.0.add("booked");
    if name.1.as_str() == "payout.failed" { Err("no money".to_owned()) } else { Ok(()) }
}

#[on_event("payout.paid", endpoint = LoansEndpoint)]
fn count(ledger: &mut Ledger) {
    ledger.0.add("counted");
}

#[tokio::test]
async fn what_is_lent_is_settled_with_the_outcome() {
    let (status, done) = deliver_event::<LoansEndpoint>(&snapshot_event("payout.paid")).await;
    assert_eq!(
        (status, done),
        (200, ["lent", "booked", "committed", "lent", "counted", "committed"].map(String::from).to_vec())
    );
    let (status, done) = deliver_event::<LoansEndpoint>(&snapshot_event("payout.failed")).await;
    assert_eq!((status, done), (500, ["lent", "booked", "rolled back"].map(String::from).to_vec()));
}

#[derive(EndpointName)]
struct EverythingEndpoint;

#[on_event("*", "v1.*", except("payout.*"), endpoint = EverythingEndpoint)]
async fn audit(name: EventTypeName, State(log): State<HandlerLog>) {
    log.add(name.as_str());
}

#[on_event("invoice.reconsidered", "v2.core.invoice.reconsidered", unlisted, endpoint = EverythingEndpoint)]
async fn reconsider(id: EventId, State(log): State<HandlerLog>) {
    log.add(id.as_str());
}

#[on_event("v2.core.invoice.reconsidered", unlisted, endpoint = EverythingEndpoint, name = "thin")]
async fn reconsider_thin(event: ThinEvent, State(log): State<HandlerLog>) {
    drop(event);
    log.add("thin");
}

#[tokio::test]
async fn everything_comes_but_for_the_exceptions() {
    let lines = |lines: &[&str]| (200, lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
    assert_eq!(
        deliver_event::<EverythingEndpoint>(&snapshot_event("invoice.paid")).await,
        lines(&["invoice.paid"])
    );
    assert_eq!(
        deliver_event::<EverythingEndpoint>(&snapshot_event("customer.subscription.collection_paused"))
            .await
            .1
            .len(),
        1
    );
    assert_eq!(
        deliver_event::<EverythingEndpoint>(&snapshot_event("some.new_event")).await,
        lines(&["some.new_event"])
    );
    assert_eq!(
        deliver_event::<EverythingEndpoint>(&thin_event("v1.invoice.paid")).await,
        lines(&["v1.invoice.paid"])
    );
    assert_eq!(deliver_event::<EverythingEndpoint>(&snapshot_event("payout.paid")).await, lines(&[]));
    assert_eq!(deliver_event::<EverythingEndpoint>(&snapshot_event("payout.some_day")).await, lines(&[]));
}

#[tokio::test]
async fn unlisted_events_come() {
    let snapshot = deliver_event::<EverythingEndpoint>(&snapshot_event("invoice.reconsidered")).await;
    assert_eq!(snapshot, (200, vec!["invoice.reconsidered".to_owned(), "evt_1".to_owned()]));
    let thin = deliver_event::<EverythingEndpoint>(&thin_event("v2.core.invoice.reconsidered")).await;
    assert_eq!(thin, (200, vec!["evt_2".to_owned(), "thin".to_owned()]));
}

#[test]
fn a_handler_says_where_it_stands() {
    let all = handlers();
    let find = |id: &str| all.iter().find(|handler| handler.id == id).unwrap();
    let log_extractor = find(concat!(module_path!(), "::log_extractor"));
    let line = include_str!("running.rs")
        .lines()
        .position(|line| line.contains("\"invoice.voided\", endpoint = ExtractorsEndpoint"))
        .unwrap();
    assert!(log_extractor.file.ends_with("running.rs"), "{}", log_extractor.file);
    assert_eq!(log_extractor.line as usize, line + 1);
    assert_eq!(log_extractor.events, ["invoice.paid", "invoice.voided"]);
    assert_eq!(all.len(), 6, "{all:#?}");
    assert!(find(concat!(module_path!(), "::audit")).catch_all);
    assert_eq!(find("thin").events, ["v2.core.invoice.reconsidered"]);
}

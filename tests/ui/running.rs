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
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }
}

/// Sends one event to all handlers of an endpoint. Returns the status and the handlers' actions.
async fn deliver<Name: EndpointName>(json: &str) -> (u16, Vec<String>) {
    let log = Log::default();
    let endpoint =
        Endpoint::builder().name::<Name>().secret("whsec_test").state(log.clone()).build().unwrap();
    let answer = endpoint.dispatch_verified(json.to_owned().into()).await;
    let done = log.0.lock().unwrap().clone();
    (answer.status(), done)
}

fn snapshot(name: &str) -> String {
    format!(
        r#"{{"id":"evt_1","object":"event","type":"{name}","created":1,"livemode":false,"data":{{"object":{{}}}}}}"#
    )
}

fn thin(name: &str) -> String {
    format!(
        r#"{{"id":"evt_2","object":"v2.core.event","type":"{name}","created":"2026-01-01T00:00:00Z","livemode":false}}"#
    )
}

#[derive(EndpointName)]
struct Ways;

/// The implementation of `FromEvent` that the expansion called.
struct Way(&'static str);

impl<'cx> FromEvent<'cx, events::InvoicePaid> for Way {
    fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(Way("paid"))
    }
}

impl<'cx> FromEvent<'cx, events::InvoiceVoided> for Way {
    fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(Way("voided"))
    }
}

#[on_event("invoice.paid", "invoice.voided", endpoint = Ways)]
async fn tell(way: Way, State(log): State<Log>) {
    log.add(way.0);
}

#[tokio::test]
async fn each_event_is_extracted_in_its_own_way() {
    assert_eq!(deliver::<Ways>(&snapshot("invoice.paid")).await, (200, vec!["paid".to_owned()]));
    assert_eq!(deliver::<Ways>(&snapshot("invoice.voided")).await, (200, vec!["voided".to_owned()]));
}

#[derive(EndpointName)]
struct Loans;

/// A resource that logs the end of its run.
struct Ledger(Log);

impl<'cx> Lend<'cx> for Ledger {
    async fn lend(event: &EventContext<'cx>) -> Result<Self, Rejection> {
        let log = event.state::<Log>().ok_or_else(|| Rejection::new("no log"))?;
        log.add("lent");
        Ok(Ledger(log.clone()))
    }

    async fn settle(self, outcome: Outcome) -> Outcome {
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

#[on_event("payout.paid", "payout.failed", endpoint = Loans)]
async fn book(name: Name<'_>, ledger: &mut Ledger) -> Result<(), String> {
    tokio::task::yield_now().await;
    ledger.0.add("booked");
    if name.1.as_str() == "payout.failed" { Err("no money".to_owned()) } else { Ok(()) }
}

#[on_event("payout.paid", endpoint = Loans)]
fn count(ledger: &mut Ledger) {
    ledger.0.add("counted");
}

#[tokio::test]
async fn what_is_lent_is_settled_with_the_outcome() {
    let (status, done) = deliver::<Loans>(&snapshot("payout.paid")).await;
    assert_eq!(
        (status, done),
        (200, ["lent", "booked", "committed", "lent", "counted", "committed"].map(String::from).to_vec())
    );
    let (status, done) = deliver::<Loans>(&snapshot("payout.failed")).await;
    assert_eq!((status, done), (500, ["lent", "booked", "rolled back"].map(String::from).to_vec()));
}

#[derive(EndpointName)]
struct Everything;

#[on_event("*", "v1.*", except("payout.*"), endpoint = Everything)]
async fn audit(name: EventTypeName, State(log): State<Log>) {
    log.add(name.as_str());
}

#[on_event("invoice.reconsidered", "v2.core.invoice.reconsidered", unlisted, endpoint = Everything)]
async fn reconsider(id: EventId, State(log): State<Log>) {
    log.add(id.as_str());
}

#[on_event("v2.core.invoice.reconsidered", unlisted, endpoint = Everything, name = "thin")]
async fn reconsider_thin(event: ThinEvent, State(log): State<Log>) {
    drop(event);
    log.add("thin");
}

#[tokio::test]
async fn everything_comes_but_for_the_exceptions() {
    let lines = |lines: &[&str]| (200, lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
    assert_eq!(deliver::<Everything>(&snapshot("invoice.paid")).await, lines(&["invoice.paid"]));
    assert_eq!(deliver::<Everything>(&snapshot("customer.subscription.collection_paused")).await.1.len(), 1);
    assert_eq!(deliver::<Everything>(&snapshot("some.new_event")).await, lines(&["some.new_event"]));
    assert_eq!(deliver::<Everything>(&thin("v1.invoice.paid")).await, lines(&["v1.invoice.paid"]));
    assert_eq!(deliver::<Everything>(&snapshot("payout.paid")).await, lines(&[]));
    assert_eq!(deliver::<Everything>(&snapshot("payout.some_day")).await, lines(&[]));
}

#[tokio::test]
async fn unlisted_events_come() {
    let snapshot = deliver::<Everything>(&snapshot("invoice.reconsidered")).await;
    assert_eq!(snapshot, (200, vec!["invoice.reconsidered".to_owned(), "evt_1".to_owned()]));
    let thin = deliver::<Everything>(&thin("v2.core.invoice.reconsidered")).await;
    assert_eq!(thin, (200, vec!["evt_2".to_owned(), "thin".to_owned()]));
}

#[test]
fn a_handler_says_where_it_stands() {
    let all = handlers();
    let find = |id: &str| all.iter().find(|handler| handler.id == id).unwrap();
    let tell = find(concat!(module_path!(), "::tell"));
    let line = include_str!("running.rs")
        .lines()
        .position(|line| line.contains("\"invoice.voided\", endpoint = Ways"))
        .unwrap();
    assert!(tell.file.ends_with("running.rs"), "{}", tell.file);
    assert_eq!(tell.line as usize, line + 1);
    assert_eq!(tell.events, ["invoice.paid", "invoice.voided"]);
    assert_eq!(all.len(), 6, "{all:#?}");
    assert!(find(concat!(module_path!(), "::audit")).catch_all);
    assert_eq!(find("thin").events, ["v2.core.invoice.reconsidered"]);
}

use std::collections::BTreeSet;

use stripe_hooks::{
    EventInfo, EventStatus, catalogue,
    signature::{Secret, Tolerance, verify},
};

use crate::{
    listener::{Listener, ReceivedRequest},
    tool::{SECRET, ToolOutput, tool},
};

fn run_trigger(listener: &Listener, arguments: &[&str]) -> ToolOutput {
    let arguments = ["trigger", "--to", &listener.url].into_iter().chain(arguments.iter().copied());
    tool(arguments).secret_in_environment(SECRET).run()
}

fn event_types(requests: &[ReceivedRequest]) -> Vec<String> {
    requests.iter().map(|request| request.event("type")).collect()
}

#[test]
fn a_delivery_looks_like_one_of_stripe() {
    let listener = Listener::start(&[200]);
    let ended = run_trigger(&listener, &["payment_intent.succeeded", "amount=4200"]);
    let told = ended.expect_success();
    let [request] = &listener.requests()[..] else { panic!("one request") };
    assert!(request.head.starts_with("post /webhook http/1.1\n"), "{request:?}");
    for (name, value) in [
        ("content-type", "application/json; charset=utf-8"),
        ("user-agent", "stripe/1.0 (+https://stripe.com/docs/webhooks)"),
        ("accept", "*/*; q=0.5, application/xml"),
        ("cache-control", "no-cache"),
    ] {
        assert_eq!(request.header(name), Some(value), "{request:?}");
    }
    assert!(request.body.starts_with("{\n  \"id\": \"evt_1"), "{request:?}");
    assert!(request.body.contains("\"amount\": 4200,"), "{request:?}");
    let header = request.header("stripe-signature").unwrap().as_bytes();
    let secret = [Secret::new(SECRET).unwrap()];
    let any = Tolerance::dangerously_accept_any_age();
    assert!(verify(Some(header), request.body.as_bytes(), &secret, any, 0).is_ok());
    let lines: Vec<_> = told.lines().collect();
    assert!(
        lines[0].starts_with("200 ") && lines[0].contains(" ms  payment_intent.succeeded  evt_1"),
        "{told}"
    );
    assert!(lines[1].starts_with("1 of 1 answered 200, in "), "{told}");
}

#[test]
fn the_exit_status_tells_whether_all_were_2xx() {
    let listener = Listener::start(&[200, 500, 204]);
    let ended = run_trigger(&listener, &["invoice.paid", "--repeat", "3"]);
    assert_eq!(ended.status, 1, "{ended:?}");
    assert!(
        ended.out.contains("1 of 3 answered 200, 1 of 3 answered 204, 1 of 3 answered 500, in "),
        "{ended:?}"
    );
    assert!(ended.out.contains("  sorry\n"), "a refusal shows its answer: {ended:?}");
}

#[test]
fn a_redirect_is_not_followed() {
    let listener = Listener::start(&[302]);
    let ended = run_trigger(&listener, &["invoice.paid"]);
    assert_eq!(ended.status, 1);
    assert!(ended.out.contains("1 of 1 answered 302"), "{ended:?}");
    assert_eq!(listener.requests().len(), 1);
}

#[test]
fn several_types_patterns_and_twins() {
    let listener = Listener::start(&[200]);
    run_trigger(&listener, &["invoice.paid", "payout.fail*", "--thin"]).expect_success();
    assert_eq!(
        event_types(&listener.requests()),
        ["invoice.paid", "v1.invoice.paid", "payout.failed", "v1.payout.failed"]
    );
}

#[test]
fn a_duplicate_is_the_same_event_again() {
    let listener = Listener::start(&[200]);
    run_trigger(&listener, &["invoice.paid", "--duplicate", "--repeat", "2"]).expect_success();
    let ids: Vec<_> = listener.requests().iter().map(|request| request.event("id")).collect();
    assert_eq!((&ids[0], &ids[2]), (&ids[1], &ids[3]));
    assert_ne!(ids[0], ids[2], "each repetition is another event");
}

#[test]
fn a_seed_makes_the_same_events_in_the_same_order() {
    let listener = Listener::start(&[200]);
    let arguments = ["payment_intent.*", "--shuffle", "--seed", "5"];
    run_trigger(&listener, &arguments).expect_success();
    let first = event_types(&listener.requests());
    run_trigger(&listener, &arguments).expect_success();
    assert_eq!(event_types(&listener.requests()), first);
    let mut sorted = first.clone();
    sorted.sort();
    assert_ne!(first, sorted);
}

#[test]
fn each_available_event_is_sent_once() {
    let available = |event: &&&EventInfo| event.status == EventStatus::Available;
    let expected: BTreeSet<_> =
        catalogue::all().iter().filter(available).map(|event| event.name.to_owned()).collect();
    let count = expected.len();
    let listener = Listener::start(&[200]);
    let told = run_trigger(&listener, &["--all", "--shuffle"]).expect_success();
    assert!(told.starts_with(&format!("{count} of {count} answered 200, in ")), "{told}");
    let sent = event_types(&listener.requests());
    assert_eq!((sent.len(), BTreeSet::from_iter(sent)), (count, expected));
}

#[test]
fn what_was_not_sent_because_nobody_read_on_is_no_success() {
    let listener = Listener::start(&[200]);
    let arguments = ["trigger", "--to", &listener.url, "invoice.paid", "--repeat", "3"];
    let ended = tool(arguments).secret_in_environment(SECRET).with_closed_output().run();
    assert_eq!(ended.status, 1, "{ended:?}");
    assert!(ended.errors.contains("the output was closed when 1 of 3 were sent"), "{ended:?}");
}

#[test]
fn machines_read_a_line_of_json_for_each() {
    let listener = Listener::start(&[200, 400]);
    let ended = run_trigger(&listener, &["invoice.paid", "invoice.sent", "--json"]);
    let lines: Vec<serde_json::Value> =
        ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["type"], &lines[0]["status"]), (&"invoice.paid".into(), &200.into()));
    assert_eq!((&lines[1]["status"], &lines[1]["answer"]), (&400.into(), &"sorry".into()));
    assert!(ended.errors.contains("1 of 2 answered 400"), "{ended:?}");
}

#[test]
fn a_server_that_is_not_there_is_told_at_once() {
    let arguments = ["trigger", "--all", "--to", "http://127.0.0.1:1/webhook"];
    let ended = tool(arguments).secret_in_environment(SECRET).run();
    assert_eq!((ended.status, &*ended.out), (1, ""), "{ended:?}");
    assert!(
        ended.errors.contains("start the server first, or say with `--to` where it listens"),
        "{ended:?}"
    );
}

#[test]
fn arguments_that_make_no_sense_end_with_status_2() {
    for arguments in [
        &["trigger"][..],
        &["trigger", "amount=1"],
        &["trigger", "--all", "invoice.paid"],
        &["trigger", "invoice.payed"],
        &["trigger", "invoces.*"],
        &["trigger", "invoice.paid", "amout_due=1"],
        &["trigger", "invoice.paid", "--to", "localhost:4242"],
        &["trigger", "invoice.paid", "--rate", "0"],
        &["trigger", "invoice.paid", "--repeat", "0"],
    ] {
        let ended = tool(arguments.iter().copied()).secret_in_environment(SECRET).run();
        assert_eq!((ended.status, &*ended.out), (2, ""), "{arguments:?}: {ended:?}");
    }
}

use stripe_hooks::{EventForm, EventStatus, catalogue};

use crate::tool::tool;

#[test]
fn the_table_shows_object_since_twin_and_status() {
    let table = tool(["events", "payout.*"]).run().expect_success();
    let paid = table.lines().find(|line| line.starts_with("payout.paid ")).unwrap();
    assert_eq!(paid.split_whitespace().collect::<Vec<_>>(), ["payout.paid", "payout", "v1.payout.paid"]);
    assert!(table.starts_with("EVENT "), "{table}");
    assert!(table.trim_end().ends_with("6 events, 0 in preview, 0 retired"), "{table}");
}

#[test]
fn previews_and_retired_events_say_so() {
    let table = tool(["events", "capital.financing_offer"]).run().expect_success();
    assert!(table.lines().skip(1).take(3).all(|line| line.ends_with("preview")), "{table}");
    let retired = tool(["events", "transfer.paid"]).run().expect_success();
    assert!(retired.contains("retired 2022-08, see payout.paid"), "{retired}");
}

#[test]
fn a_pattern_is_part_of_a_name_or_has_stars() {
    let names = |pattern: &str| -> Vec<String> {
        let events = tool(["events", "--json", pattern]).run();
        events
            .parse_json()
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(names("dispute.closed").contains(&"charge.dispute.closed".to_owned()));
    assert_eq!(names("charge.*.closed"), ["charge.dispute.closed"]);
    assert_eq!(names("v2.*[*merchant].updated"), ["v2.core.account[configuration.merchant].updated"]);
    assert_eq!(names("payment_intent.succeede*").len(), 1);
}

#[test]
fn json_holds_the_whole_catalogue() {
    let events = tool(["events", "--json"]).run().parse_json();
    let events = events.as_array().unwrap();
    let of = |form: &str, status: &str| {
        events.iter().filter(|event| event["form"] == form && event["status"] == status).count()
    };
    let available = |form| {
        let all = catalogue::all().iter();
        all.filter(|event| event.form == form && event.status == EventStatus::Available).count()
    };
    let expected = (available(EventForm::Snapshot), available(EventForm::Thin));
    assert_eq!((of("snapshot", "available"), of("thin", "available")), expected);
    assert!(expected.0 > 0 && expected.1 > 0, "{expected:?}");
    let paid = events.iter().find(|event| event["name"] == "invoice.paid").unwrap();
    assert_eq!((&paid["objects"][0], &paid["twin"]), (&"invoice".into(), &"v1.invoice.paid".into()));
}

#[test]
fn nothing_found_fails() {
    let ended = tool(["events", "order.shipped"]).run();
    assert_eq!((ended.status, &*ended.out), (1, ""));
    assert!(ended.errors.contains("order.shipped"), "{ended:?}");
    let near = tool(["events", "payment_intent.suceeded"]).run();
    assert!(near.errors.contains("did you mean `payment_intent.succeeded`?"), "{near:?}");
}

use serde_json::json;
use stripe_hooks::testing::sample;

use crate::tool::tool;

#[test]
fn the_sample_is_that_of_the_library() {
    let printed = tool(["sample", "invoice.paid"]).run().expect_success();
    assert_eq!(printed, sample::invoice_paid().body() + "\n");
    let seeded = tool(["sample", "invoice.paid", "--seed", "7", "--form", "full"]).run().expect_success();
    assert_ne!(printed, seeded);
}

#[test]
fn paths_and_options_change_it() {
    let printed = tool([
        "sample",
        "customer.subscription.updated",
        "items.data[0].price.id=price_1",
        "metadata.order_id=42",
        "status=active",
        "--previous",
        "status=past_due",
        "--account",
        "acct_1",
        "--created",
        "1800000000",
        "--live",
    ])
    .run();
    let event = printed.parse_json();
    let object = &event["data"]["object"];
    assert_eq!(object["items"]["data"][0]["price"]["id"], "price_1");
    assert_eq!((&object["metadata"]["order_id"], &object["status"]), (&json!("42"), &json!("active")));
    assert_eq!(event["data"]["previous_attributes"], json!({"status": "past_due"}));
    assert_eq!(
        (&event["account"], &event["created"], &event["livemode"]),
        (&json!("acct_1"), &json!(1_800_000_000), &json!(true))
    );
}

#[test]
fn what_cannot_be_is_refused_with_what_may_have_been_meant() {
    for (arguments, words) in [
        (&["sample", "payment_intent.suceeded"][..], "did you mean `payment_intent.succeeded`?"),
        (&["sample", "payment_intent.succeeded", "amout=1"], "did you mean `amount`?"),
        (&["sample", "payment_intent.succeeded", "status=suceeded"], "did you mean `succeeded`?"),
        (
            &["sample", "payment_intent.succeeded", "amount"],
            "`amount` sets nothing; write a path, `=` and a value",
        ),
        (&["sample", "payment_intent.succeeded", "--previous", "amout=1"], "did you mean `amount`?"),
        (&["sample", "transfer.paid"], "use `payout.paid`"),
    ] {
        let ended = tool(arguments.iter().copied()).run();
        assert_eq!((ended.status, &*ended.out), (2, ""), "{ended:?}");
        assert!(ended.errors.contains(words), "{ended:?}");
    }
}

#[test]
fn whoever_reads_only_the_beginning_is_no_error() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_stripe-hooks"))
        .args(["sample", "invoice.paid", "--form", "full"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
}

use stripe_hooks::signature::{Secret, sign};

use crate::tool::{SECRET, ToolOutput, temporary_file, tool};

const NOW: i64 = 1_700_000_000;
const BODY: &str = r#"{"id":"evt_1","object":"event","type":"invoice.paid"}"#;
const THIN_BODY: &str = r#"{"id":"evt_1","object":"v2.core.event","type":"v1.invoice.paid"}"#;

fn signature_header(secret: &str, body: &str) -> String {
    sign(body.as_bytes(), &Secret::new(secret).unwrap(), NOW)
}

/// Runs `run_verify` at the time of the signature, but for what the further arguments say.
fn run_verify(header: &str, body: &str, further: &[&str]) -> ToolOutput {
    let now = NOW.to_string();
    let mut arguments = vec!["verify", "--header", header];
    arguments.extend(further);
    if !further.contains(&"--now") {
        arguments.extend(["--now", &now]);
    }
    tool(arguments).input(body).secret_in_environment(SECRET).run()
}

/// The first word of each line that it printed, and its status.
fn status_and_words(ended: &ToolOutput) -> (i32, Vec<&str>) {
    let first = |line: &'_ str| line.split_once(": ").map_or(0, |(word, _)| word.len());
    (ended.status, ended.out.lines().map(|line| &line[..first(line)]).collect())
}

#[test]
fn a_genuine_delivery_is_ok() {
    let ended = run_verify(&signature_header(SECRET, BODY), BODY, &[]);
    assert_eq!(ended.out, "ok: invoice.paid (evt_1), signed 0 seconds ago\n");
    assert_eq!(ended.status, 0);
}

#[test]
fn each_kind_of_error_has_a_word_and_an_explanation() {
    let genuine = signature_header(SECRET, BODY);
    let digits = genuine.split_once("v1=").unwrap().1;
    let wrong = format!("t={NOW},v1={}", "0".repeat(64));
    for (header, word, explanation) in [
        ("", "missing-header", "the header is empty"),
        (digits, "malformed-header", "no `t` of digits"),
        (&format!("t={NOW},v0={digits}"), "no-known-scheme", "no `v1`"),
        (&wrong, "no-match", "made with the secret over exactly this body"),
    ] {
        let ended = run_verify(header, BODY, &[]);
        assert_eq!((ended.status, status_and_words(&ended).1[0]), (1, word), "{ended:?}");
        assert!(ended.out.contains(explanation), "{ended:?}");
    }
}

#[test]
fn the_age_is_judged_by_the_options() {
    let header = signature_header(SECRET, BODY);
    let old = run_verify(&header, BODY, &["--now", "1700000301"]);
    assert_eq!(status_and_words(&old), (1, vec!["outside-tolerance", "likely cause"]));
    assert!(old.out.contains("signed 301 seconds ago"), "{old:?}");
    assert!(old.out.contains("more than 300 seconds old"), "{old:?}");
    assert_eq!(run_verify(&header, BODY, &["--now", "1700000301", "--tolerance", "301"]).status, 0);
    assert_eq!(run_verify(&header, BODY, &["--now", "1900000000", "--any-age"]).status, 0);
    let ahead = run_verify(&header, BODY, &["--now", "1699999000"]);
    assert_eq!(ahead.out, "ok: invoice.paid (evt_1), signed 1000 seconds ahead\n");
}

#[test]
fn another_secret_that_matches_is_told() {
    let header = signature_header("whsec_new", BODY);
    let ended = run_verify(&header, BODY, &["--secret", SECRET, "--secret", "whsec_new"]);
    assert_eq!(status_and_words(&ended), (0, vec!["ok", "note"]));
    assert!(ended.out.contains("of the 2 secrets only number 2 matches"), "{ended:?}");
}

#[test]
fn a_secret_that_matches_once_trimmed_is_told() {
    for given in [" whsec_a", "whsec_a\t", "\"whsec_a\""] {
        let ended = run_verify(&signature_header("whsec_a", BODY), BODY, &["--secret", given]);
        assert_eq!(status_and_words(&ended), (1, vec!["no-match", "likely cause"]));
        assert!(ended.out.contains("has white space or quotes around it"), "{ended:?}");
    }
}

#[test]
fn a_body_that_matches_once_written_again_is_told() {
    let indented =
        BODY.replace('{', "{\n  ").replace("\",", "\",\n  ").replace("\":", "\": ").replace('}', "\n}");
    for (signed, arrived, cause) in [
        (&*indented, BODY, "parsed and written again"),
        (BODY, &*indented, "parsed and written again"),
        (&*indented, &*indented.replace('\n', "\r\n"), "other line ends"),
        (BODY, &*format!("{BODY}\n"), "other white space at its ends"),
    ] {
        let ended = run_verify(&signature_header(SECRET, signed), arrived, &[]);
        assert_eq!(status_and_words(&ended), (1, vec!["no-match", "likely cause"]));
        assert!(ended.out.contains(cause), "{ended:?}");
    }
}

#[test]
fn something_else_than_a_secret_is_told() {
    for (given, cause) in [
        ("sk_test_51abc", "starts with `sk_`, so it is an API key"),
        ("rk_live_51abc", "starts with `rk_`, so it is an API key"),
        ("we_1abc", "starts with `we_`, so it is the id of an endpoint"),
        ("ed_test_1abc", "starts with `ed_`, so it is the id of an endpoint"),
    ] {
        let ended = run_verify(&signature_header(SECRET, BODY), BODY, &["--secret", given]);
        assert_eq!(status_and_words(&ended), (1, vec!["no-match", "likely cause"]));
        assert!(ended.out.contains(cause) && !ended.out.contains("1abc"), "{ended:?}");
    }
}

#[test]
fn a_skewed_clock_is_told() {
    let ended = run_verify(&signature_header(SECRET, BODY), BODY, &["--now", "1700003600"]);
    assert!(ended.out.contains("signed 3600 seconds ago; it is a recorded one"), "{ended:?}");
}

#[test]
fn a_thin_event_is_told_and_refused_where_snapshots_are_wanted() {
    let header = signature_header(SECRET, THIN_BODY);
    let either = run_verify(&header, THIN_BODY, &[]);
    assert_eq!(status_and_words(&either), (0, vec!["ok", "note"]));
    let snapshot = run_verify(&header, THIN_BODY, &["--form", "snapshot"]);
    assert_eq!(status_and_words(&snapshot), (1, vec!["wrong-form", "likely cause"]));
    assert!(snapshot.out.contains("this is a thin event"), "{snapshot:?}");
    assert_eq!(run_verify(&header, THIN_BODY, &["--form", "thin"]).status, 0);
}

#[test]
fn a_snapshot_is_refused_where_thin_events_are_wanted() {
    let ended = run_verify(&signature_header(SECRET, BODY), BODY, &["--form", "thin"]);
    assert_eq!(status_and_words(&ended), (1, vec!["wrong-form", "likely cause"]));
}

#[test]
fn a_signed_body_that_is_no_event_is_told() {
    let ended = run_verify(&signature_header(SECRET, "[]"), "[]", &[]);
    assert_eq!(ended.status, 1);
    assert!(ended.out.starts_with("not-an-event: the signature is good, but the body is not a JSON object"));
}

#[test]
fn a_mismatch_without_a_cause_says_what_to_look_at() {
    let ended = run_verify(&signature_header("whsec_of_a_stranger", BODY), BODY, &[]);
    assert_eq!(status_and_words(&ended), (1, vec!["no-match", "likely cause"]));
    assert!(ended.out.contains("the signing secret is that of another endpoint"), "{ended:?}");
}

#[test]
fn the_status_is_the_same_where_nobody_reads_the_words() {
    let arguments = ["verify", "--header", "t=1,v1=no", "--secret", SECRET];
    assert_eq!(tool(arguments).input("{}").with_closed_output().run().status, 1);
}

#[test]
fn machines_read_json() {
    let ok = run_verify(
        &signature_header("whsec_new", THIN_BODY),
        THIN_BODY,
        &["--json", "--secret", SECRET, "--secret", "whsec_new"],
    );
    let json = ok.parse_json();
    assert_eq!(
        (&json["ok"], &json["error"], &json["secret"]),
        (&true.into(), &serde_json::Value::Null, &2.into())
    );
    assert_eq!(json["event"], serde_json::json!({"id": "evt_1", "type": "v1.invoice.paid", "form": "thin"}));
    assert_eq!(json["diagnosis"]["kind"], "another-secret");
    for (given, error, diagnosis) in [
        ("sk_1", "no-match", "api-key"),
        ("we_1", "no-match", "endpoint-id"),
        (" whsec_new", "no-match", "padded-secret"),
        ("whsec_x", "no-match", "unknown"),
    ] {
        let ended = run_verify(&signature_header("whsec_new", BODY), BODY, &["--json", "--secret", given]);
        let json = ended.parse_json();
        assert_eq!((ended.status, &json["ok"], &json["error"]), (1, &false.into(), &error.into()));
        assert_eq!(json["diagnosis"]["kind"], diagnosis);
    }
    let old =
        run_verify(&signature_header(SECRET, BODY), BODY, &["--json", "--now", "1800000000"]).parse_json();
    assert_eq!(old["diagnosis"]["kind"], "old-or-clock-fast");
}

#[test]
fn the_header_may_come_from_a_file() {
    let path = temporary_file(signature_header(SECRET, BODY) + "\r\n");
    let arguments = ["verify", "--header-file", path.to_str().unwrap(), "--now", "1700000000"];
    tool(arguments).input(BODY).secret_in_environment(SECRET).run().expect_success();
}

#[test]
fn arguments_that_make_no_sense_end_with_status_2() {
    for arguments in [
        &["verify"][..],
        &["verify", "--header", "t=1", "--header-file", "x"],
        &["verify", "--header", "t=1", "--any-age", "--tolerance", "5"],
        &["verify", "--header", "t=1", "--now", "yesterday"],
        &["verify", "--header-file", "/nonexistent/header"],
        &["verify", "--header", "t=1", "--secret-file", "/nonexistent/secret"],
        &["verifi"],
        &[],
    ] {
        let ended = tool(arguments.iter().copied()).secret_in_environment(SECRET).run();
        assert_eq!((ended.status, &*ended.out), (2, ""), "{arguments:?}: {ended:?}");
    }
}

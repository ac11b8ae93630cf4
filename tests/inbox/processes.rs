//! Lanes and inline runs among several processes, of which one is killed.

use std::{
    collections::BTreeMap,
    fs, thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    child_process::ChildProcess,
    database::TestDatabase,
    test_inbox::{TestInbox, WAIT_TIMEOUT, event_json, on_both_engines},
};

on_both_engines! {
    lanes_stay_in_order_among_three_processes_with_failures_of_which_one_is_killed_at_a_head,
    an_inline_run_whose_process_is_killed_begins_again_in_the_background,
    a_repeat_of_what_killed_its_process_gets_the_answer_of_the_run_that_began_again,
}

/// A line of the journal: what happened to which event, in which process.
#[derive(Debug, Clone, PartialEq, Eq)]
struct JournalLine {
    word: String,
    event: String,
    process: u32,
}

/// What the handlers of all processes have written, in its order.
fn read_journal(test_inbox: &TestInbox) -> Vec<JournalLine> {
    let text = fs::read_to_string(test_inbox.journal_file()).unwrap_or_default();
    let line = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        let mut word = || words.next().unwrap();
        JournalLine { word: word(), event: word(), process: word().parse().unwrap() }
    };
    text.lines().map(line).collect()
}

/// Waits until the journal says so.
fn wait_for_journal(
    test_inbox: &TestInbox,
    what: &str,
    wanted: impl Fn(&[JournalLine]) -> bool,
) -> Vec<JournalLine> {
    let deadline = Instant::now() + WAIT_TIMEOUT;
    loop {
        let lines = read_journal(test_inbox);
        if wanted(&lines) {
            return lines;
        }
        assert!(Instant::now() < deadline, "{what} did not come about: {lines:#?}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Returns the name of the endpoint of the processes.
fn endpoint_name(test_inbox: &TestInbox) -> &'static str {
    match test_inbox.database {
        TestDatabase::File(_) => "inbox_server::sqlite::Handlers",
        TestDatabase::Server(_) => "inbox_server::postgres::Handlers",
    }
}

fn has_line(lines: &[JournalLine], word: &str, event: &str) -> bool {
    lines.iter().any(|line| line.word == word && line.event == event)
}

/// The event `object.second`, which happened in that second.
fn event_at_second(object: &str, second: i64) -> Value {
    let mut event = event_json(&format!("{object}.{second}"), "charge.pending");
    event["data"]["object"]["id"] = json!(object);
    event["created"] = json!(delivery::NOW + second);
    event
}

/// The second in which an event happened.
fn second_of_line(line: &JournalLine) -> i64 {
    line.event.rsplit('.').next().unwrap().parse().unwrap()
}

/// Refuses a journal in which two runs of one object overlap, or one begins after one that happened later. The process that was killed ended
/// nothing.
fn assert_in_order(lines: &[JournalLine], killed: u32) {
    let mut lanes: BTreeMap<&str, Vec<&JournalLine>> = BTreeMap::new();
    for line in lines {
        lanes.entry(line.event.split('.').next().unwrap()).or_default().push(line);
    }
    for (object, lane) in lanes {
        for pair in lane.windows(2) {
            let [before, after] = pair else { unreachable!() };
            let what = format!("{object}: {before:?}, then {after:?}");
            match (&*before.word, &*after.word) {
                ("begun", "ended") => {
                    assert_eq!((&before.event, before.process), (&after.event, after.process), "{what}");
                }
                ("begun", "begun") => {
                    assert_eq!((&before.event, before.process), (&after.event, killed), "{what}");
                }
                ("ended", "begun") => assert!(second_of_line(before) <= second_of_line(after), "{what}"),
                _ => panic!("{what}"),
            }
        }
    }
}

const OBJECT_IDS: [&str; 7] = ["stand", "a", "b", "c", "d", "e", "f"];

/// Number of events of each object, one in each second.
const EVENTS_PER_OBJECT: i64 = 8;

async fn lanes_stay_in_order_among_three_processes_with_failures_of_which_one_is_killed_at_a_head(
    test_inbox: TestInbox,
) {
    let operator = test_inbox.open_inbox().operator();
    operator.pause(endpoint_name(&test_inbox), "orderly", "ada").await.unwrap();
    // Long enough that no process loses one because the machine is busy.
    let lease = [("LEASE_MS", "6000")];
    let mut processes: Vec<_> = (0..3).map(|_| ChildProcess::start(&test_inbox, &lease)).collect();
    for at in (1..=EVENTS_PER_OBJECT).rev() {
        for (n, object) in OBJECT_IDS.iter().enumerate() {
            // What the handlers stand at is in the midst of its lane.
            let name = if *object == "stand" && at != 3 { "still" } else { object };
            let mut sent = event_at_second(name, at);
            sent["data"]["object"]["id"] = json!(object);
            assert_eq!(processes[n % 3].send_event(&sent).unwrap().0, 200);
        }
    }
    operator.resume(endpoint_name(&test_inbox), "orderly", "ada").await.unwrap();
    let lines = wait_for_journal(&test_inbox, "the stand", |lines| has_line(lines, "begun", "stand.3"));
    let stands = lines.iter().find(|line| line.event == "stand.3").unwrap().process;
    // While one lane stands, the others go on to their ends.
    wait_for_journal(&test_inbox, "the ends of the others", |lines| {
        OBJECT_IDS[1..]
            .iter()
            .all(|object| has_line(lines, "ended", &format!("{object}.{EVENTS_PER_OBJECT}")))
    });
    assert!(!has_line(&read_journal(&test_inbox), "begun", "still.4"));
    let at = processes.iter().position(|process| process.id() == stands).unwrap();
    processes.swap_remove(at).kill();
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    assert_eq!(runs.len(), OBJECT_IDS.len() * usize::try_from(EVENTS_PER_OBJECT).unwrap());
    let mut lines = read_journal(&test_inbox);
    for line in &mut lines {
        line.event = line.event.replace("still", "stand");
    }
    assert_in_order(&lines, stands);
    assert!(OBJECT_IDS.iter().all(|object| has_line(
        &lines,
        "ended",
        &format!("{object}.{EVENTS_PER_OBJECT}")
    )));
}

async fn an_inline_run_whose_process_is_killed_begins_again_in_the_background(test_inbox: TestInbox) {
    let process = ChildProcess::start(&test_inbox, &[]);
    let sent = event_json("stand", "checkout.session.completed");
    thread::scope(|scope| {
        let calling = scope.spawn(|| process.send_event(&sent));
        wait_for_journal(&test_inbox, "its beginning", |lines| has_line(lines, "begun", "stand"));
        process.send_signal("-KILL");
        assert_eq!(calling.join().unwrap(), None);
    });
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("inline", "running", 1));
    let second = ChildProcess::start(&test_inbox, &[]);
    assert_eq!(test_inbox.wait_until_ended().await[0].summary(), ("inline", "done", 2));
    // Stripe, which had no answer, sends it again.
    assert_eq!(second.send_event(&sent).unwrap().0, 200);
    assert_eq!(read_journal(&test_inbox).iter().filter(|line| line.word == "ended").count(), 1);
}

async fn a_repeat_of_what_killed_its_process_gets_the_answer_of_the_run_that_began_again(
    test_inbox: TestInbox,
) {
    let process = ChildProcess::start(&test_inbox, &[]);
    let sent = event_json("stand", "issuing_authorization.request");
    thread::scope(|scope| {
        let calling = scope.spawn(|| process.send_event(&sent));
        wait_for_journal(&test_inbox, "its beginning", |lines| has_line(lines, "begun", "stand"));
        process.send_signal("-KILL");
        assert_eq!(calling.join().unwrap(), None);
    });
    let lease = [("LEASE_MS", "6000")];
    let second = ChildProcess::start(&test_inbox, &lease);
    let third = ChildProcess::start(&test_inbox, &lease);
    let answer = second.send_event(&sent).unwrap();
    assert_eq!(answer.0, 200);
    assert!([second.id(), third.id()].map(|id| id.to_string()).contains(&answer.1));
    // Whichever process is asked.
    assert_eq!(
        (second.send_event(&sent).unwrap(), third.send_event(&sent).unwrap()),
        (answer.clone(), answer)
    );
    assert_eq!(test_inbox.all_runs().await[0].summary(), ("decide", "done", 2));
}

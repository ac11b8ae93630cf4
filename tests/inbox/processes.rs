//! Lanes and inline runs among several processes, of which one is killed.

use std::{
    collections::BTreeMap,
    fs, thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    bench::{Bench, PATIENCE, event, on_both},
    database::Database,
    process::Process,
};

on_both! {
    lanes_stay_in_order_among_three_processes_with_failures_of_which_one_is_killed_at_a_head,
    an_inline_run_whose_process_is_killed_begins_again_in_the_background,
    a_repeat_of_what_killed_its_process_gets_the_answer_of_the_run_that_began_again,
}

/// A line of the journal: what happened to which event, in which process.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    word: String,
    event: String,
    process: u32,
}

/// What the handlers of all processes have written, in its order.
fn journal(bench: &Bench) -> Vec<Line> {
    let text = fs::read_to_string(bench.journal()).unwrap_or_default();
    let line = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        let mut word = || words.next().unwrap();
        Line { word: word(), event: word(), process: word().parse().unwrap() }
    };
    text.lines().map(line).collect()
}

/// Waits until the journal says so.
fn journal_when(bench: &Bench, what: &str, wanted: impl Fn(&[Line]) -> bool) -> Vec<Line> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let lines = journal(bench);
        if wanted(&lines) {
            return lines;
        }
        assert!(Instant::now() < deadline, "{what} did not come about: {lines:#?}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The endpoint of the processes.
fn handlers_of(bench: &Bench) -> &'static str {
    match bench.database {
        Database::File(_) => "inbox_server::sqlite::Handlers",
        Database::Server(_) => "inbox_server::postgres::Handlers",
    }
}

fn has(lines: &[Line], word: &str, event: &str) -> bool {
    lines.iter().any(|line| line.word == word && line.event == event)
}

/// The event `object.second`, which happened in that second.
fn happened(object: &str, second: i64) -> Value {
    let mut event = event(&format!("{object}.{second}"), "charge.pending");
    event["data"]["object"]["id"] = json!(object);
    event["created"] = json!(delivery::NOW + second);
    event
}

/// The second in which an event happened.
fn second(line: &Line) -> i64 {
    line.event.rsplit('.').next().unwrap().parse().unwrap()
}

/// Refuses a journal in which two runs of one object overlap, or one begins after one that happened later. The process that was killed ended
/// nothing.
fn is_orderly(lines: &[Line], killed: u32) {
    let mut lanes: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
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
                ("ended", "begun") => assert!(second(before) <= second(after), "{what}"),
                _ => panic!("{what}"),
            }
        }
    }
}

const OBJECTS: [&str; 7] = ["stand", "a", "b", "c", "d", "e", "f"];

/// The events of each object, the last first.
const SECONDS: i64 = 8;

async fn lanes_stay_in_order_among_three_processes_with_failures_of_which_one_is_killed_at_a_head(
    bench: Bench,
) {
    let operator = bench.inbox().operator();
    operator.pause(handlers_of(&bench), "orderly", "ada").await.unwrap();
    // Long enough that no process loses one because the machine is busy.
    let lease = [("LEASE_MS", "6000")];
    let mut processes: Vec<_> = (0..3).map(|_| Process::start(&bench, &lease)).collect();
    for at in (1..=SECONDS).rev() {
        for (n, object) in OBJECTS.iter().enumerate() {
            // What the handlers stand at is in the midst of its lane.
            let name = if *object == "stand" && at != 3 { "still" } else { object };
            let mut sent = happened(name, at);
            sent["data"]["object"]["id"] = json!(object);
            assert_eq!(processes[n % 3].send(&sent).unwrap().0, 200);
        }
    }
    operator.resume(handlers_of(&bench), "orderly", "ada").await.unwrap();
    let lines = journal_when(&bench, "the stand", |lines| has(lines, "begun", "stand.3"));
    let stands = lines.iter().find(|line| line.event == "stand.3").unwrap().process;
    // While one lane stands, the others go on to their ends.
    journal_when(&bench, "the ends of the others", |lines| {
        OBJECTS[1..].iter().all(|object| has(lines, "ended", &format!("{object}.{SECONDS}")))
    });
    assert!(!has(&journal(&bench), "begun", "still.4"));
    let at = processes.iter().position(|process| process.id() == stands).unwrap();
    processes.swap_remove(at).kill();
    let runs = bench.ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    assert_eq!(runs.len(), OBJECTS.len() * usize::try_from(SECONDS).unwrap());
    let mut lines = journal(&bench);
    for line in &mut lines {
        line.event = line.event.replace("still", "stand");
    }
    is_orderly(&lines, stands);
    assert!(OBJECTS.iter().all(|object| has(&lines, "ended", &format!("{object}.{SECONDS}"))));
}

async fn an_inline_run_whose_process_is_killed_begins_again_in_the_background(bench: Bench) {
    let process = Process::start(&bench, &[]);
    let sent = event("stand", "checkout.session.completed");
    thread::scope(|scope| {
        let calling = scope.spawn(|| process.send(&sent));
        journal_when(&bench, "its beginning", |lines| has(lines, "begun", "stand"));
        process.signal("-KILL");
        assert_eq!(calling.join().unwrap(), None);
    });
    assert_eq!(bench.runs().await[0].brief(), ("inline", "running", 1));
    let second = Process::start(&bench, &[]);
    assert_eq!(bench.ended().await[0].brief(), ("inline", "done", 2));
    // Stripe, which had no answer, sends it again.
    assert_eq!(second.send(&sent).unwrap().0, 200);
    assert_eq!(journal(&bench).iter().filter(|line| line.word == "ended").count(), 1);
}

async fn a_repeat_of_what_killed_its_process_gets_the_answer_of_the_run_that_began_again(bench: Bench) {
    let process = Process::start(&bench, &[]);
    let sent = event("stand", "issuing_authorization.request");
    thread::scope(|scope| {
        let calling = scope.spawn(|| process.send(&sent));
        journal_when(&bench, "its beginning", |lines| has(lines, "begun", "stand"));
        process.signal("-KILL");
        assert_eq!(calling.join().unwrap(), None);
    });
    let lease = [("LEASE_MS", "6000")];
    let second = Process::start(&bench, &lease);
    let third = Process::start(&bench, &lease);
    let answer = second.send(&sent).unwrap();
    assert_eq!(answer.0, 200);
    assert!([second.id(), third.id()].map(|id| id.to_string()).contains(&answer.1));
    // Whichever process is asked.
    assert_eq!((second.send(&sent).unwrap(), third.send(&sent).unwrap()), (answer.clone(), answer));
    assert_eq!(bench.runs().await[0].brief(), ("decide", "done", 2));
}

//! Prints the events a second that a server answers after it has stored them, and those that it
//! handles.
//!
//! The servers are one with an inbox, the same server without an inbox, and one with a job queue on
//! the same database. PostgreSQL takes part if `DATABASE_URL` is the URL of an empty database. An
//! argument selects the servers whose names contain it.
//!
//! Every server is an actix-web server with one worker in this process. The callers share one
//! thread and have a connection each, and every event is new. First a server stores all events;
//! then a server that only works handles the stored events. Without an inbox, the handler runs
//! before the answer.

mod callers;
mod commit_speed;
mod servers;

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    thread,
    time::{Duration, Instant},
};

use servers::{MeasuredHalf, SERVER_KINDS, ServerKind, RunningServer};

/// The number of callers that send at once, and the number of events that they send together.
const CALLERS_AND_EVENTS: [(usize, usize); 3] = [(1, 300), (8, 1_600), (32, 4_800)];
const ROUNDS: usize = 3;

/// Events a second.
#[derive(Clone, Copy)]
struct Rates {
    accepted: f64,
    drained: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut rates: BTreeMap<(usize, usize), Vec<Rates>> = BTreeMap::new();
    let mut commit_speeds = Vec::new();
    let wanted = env::args().nth(1).unwrap_or_default();
    let is_wanted = |kind: &ServerKind| kind.is_available() && kind.to_string().contains(&wanted);
    let kinds: Vec<ServerKind> = SERVER_KINDS.into_iter().filter(is_wanted).collect();
    for round in 0..ROUNDS {
        commit_speeds.push(commit_speed::events_per_second()?);
        for (load, (callers, events)) in CALLERS_AND_EVENTS.into_iter().enumerate() {
            // Each round has another order, so that no server always follows the same one.
            for at in 0..kinds.len() {
                let at = (at + round) % kinds.len();
                let measured = measure_rates(kinds[at], callers, events)?;
                eprintln!(
                    "{}, {callers} callers: {:.0} accepted, {:.0} drained a second",
                    kinds[at], measured.accepted, measured.drained
                );
                rates.entry((load, at)).or_default().push(measured);
            }
        }
    }
    print_results(&rates, &kinds, median(commit_speeds));
    Ok(())
}

fn measure_rates(kind: ServerKind, callers: usize, events: usize) -> Result<Rates, Box<dyn Error>> {
    // On the disk: the system's temporary folder may be in memory.
    let folder = tempfile::tempdir_in(".")?;
    let rate = |time: Duration| events as f64 / time.as_secs_f64();
    let accepting = RunningServer::start(kind, MeasuredHalf::Accept, folder.path())?;
    let accepted = rate(callers::send_events(accepting.address(), callers, events)?);
    if accepting.handled() == events {
        return Ok(Rates { accepted, drained: accepted });
    }
    drop(accepting);
    let draining = RunningServer::start(kind, MeasuredHalf::Drain, folder.path())?;
    let began = Instant::now();
    while draining.handled() < events {
        thread::sleep(Duration::from_millis(1));
        if began.elapsed() > Duration::from_secs(120) {
            return Err(format!("{kind} handled {} of {events} in two minutes", draining.handled()).into());
        }
    }
    Ok(Rates { accepted, drained: rate(began.elapsed()) })
}

fn print_results(rates: &BTreeMap<(usize, usize), Vec<Rates>>, kinds: &[ServerKind], commit_speed: f64) {
    let medians = |load, at| {
        let median_of = |rate: fn(&Rates) -> f64| median(rates[&(load, at)].iter().map(rate).collect());
        (median_of(|rates| rates.accepted), median_of(|rates| rates.drained))
    };
    println!("Medians of {ROUNDS} rounds, events a second: accepted / drained\n");
    println!("| | {} |", CALLERS_AND_EVENTS.map(|(callers, _)| format!("{callers} callers")).join(" | "));
    println!("| --- |{}", " --: |".repeat(CALLERS_AND_EVENTS.len()));
    for (at, kind) in kinds.iter().enumerate() {
        let cells = (0..CALLERS_AND_EVENTS.len()).map(|load| {
            let (accepted, drained) = medians(load, at);
            format!("{accepted:.0} / {drained:.0}")
        });
        println!("| {kind} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    println!("\nOne SQLite connection that commits 32 such events at a time, and does nothing else: {commit_speed:.0} events a second\n");
    let position = |kind| kinds.iter().position(|other| *other == kind);
    for (ours, theirs) in [
        (ServerKind::InboxOnSqlite, ServerKind::QueueOnSqlite),
        (ServerKind::InboxOnPostgres, ServerKind::QueueOnPostgres),
        (ServerKind::InboxOnSqlite, ServerKind::NoInbox),
        (ServerKind::InboxOnPostgres, ServerKind::NoInbox),
    ] {
        let (Some(our), Some(their)) = (position(ours), position(theirs)) else { continue };
        let ratios = (0..CALLERS_AND_EVENTS.len()).map(|load| {
            let ((accepted, drained), (other_accepted, other_drained)) = (medians(load, our), medians(load, their));
            format!("{:.2} / {:.2}", accepted / other_accepted, drained / other_drained)
        });
        println!("{ours} by {theirs}: {}", ratios.collect::<Vec<_>>().join(", "));
    }
    if let Some(at) = position(ServerKind::InboxOnSqlite) {
        println!("{} by the single connection, at 32 callers: {:.2}", ServerKind::InboxOnSqlite, medians(2, at).0 / commit_speed);
    }
    for (at, kind) in kinds.iter().enumerate() {
        let (accepted, drained) = medians(2, at);
        println!("{kind}, drained by accepted at 32 callers: {:.2}", drained / accepted);
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

//! `stripe-hooks trigger`

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    hash::{BuildHasher as _, RandomState},
    io::{self, Write},
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use stripe_hooks::{
    EventForm, EventInfo, EventStatus, catalogue,
    signature::{self, Secret},
    testing::{Sample, sample},
};

use crate::{
    arguments::TriggerArguments,
    events,
    failure::{Failure, unless_closed},
    send::{Answer, Sender},
    sign,
};

/// From how many deliveries on there is a bar, and only those answers are shown that are not 2xx.
const MANY: usize = 20;

pub(crate) fn run(arguments: &TriggerArguments, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let secrets = arguments.secrets.read()?;
    let sender = Sender::new(&arguments.to, Duration::from_secs(arguments.timeout))?;
    let pause = arguments.pause()?;
    let seed = arguments.making.seed.unwrap_or_else(|| RandomState::new().hash_one(()) % 1_000_000);
    let samples = arguments.samples(seed)?;
    let report = deliver(arguments, &samples, &sender, &secrets, pause, out)?;
    let line = report.summary(seed);
    if arguments.json { writeln!(io::stderr(), "{line}") } else { writeln!(out, "{line}") }
        .or_else(unless_closed)?;
    Ok(if report.successes() == report.sent() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl TriggerArguments {
    fn pause(&self) -> Result<Option<Duration>, Failure> {
        let Some(rate) = self.rate else { return Ok(None) };
        let pause = Some(rate)
            .filter(|rate| *rate > 0.0)
            .and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        pause.map(Some).ok_or_else(|| {
            Failure::usage(format_args!("`--rate {rate}` sends nothing; give a number above 0"))
        })
    }

    /// All that is to be sent, in order.
    fn samples(&self, seed: u64) -> Result<Vec<Sample>, Failure> {
        let (changes, names): (Vec<_>, Vec<_>) =
            self.what.iter().cloned().partition(|what| what.contains('='));
        let now = self.making.created.unwrap_or_else(sign::now);
        let mut samples = Vec::new();
        for info in self.events(&names)? {
            let made = self.making.make(info, &changes)?.happened_at(now);
            for nth in 0..self.repeat {
                let made = made.clone().seed(seed.wrapping_add(nth));
                let twin = made.twin().filter(|_| self.thin && info.form == EventForm::Snapshot);
                samples.extend([Some(made), twin].into_iter().flatten());
            }
        }
        if self.duplicate {
            samples = samples.into_iter().flat_map(|made| [made.clone(), made]).collect();
        }
        if self.shuffle {
            sample::shuffle(&mut samples, seed);
        }
        Ok(samples)
    }

    fn events(&self, names: &[String]) -> Result<Vec<&'static EventInfo>, Failure> {
        let available = || catalogue::all().iter().filter(|event| event.status == EventStatus::Available);
        if self.all {
            return match names {
                [] => Ok(available().copied().collect()),
                [name, ..] => Err(Failure::usage(format_args!(
                    "`--all` sends all events; leave `{name}` out, or `--all`"
                ))),
            };
        }
        let mut found = Vec::new();
        for name in names {
            if name.contains('*') {
                let before = found.len();
                found.extend(available().filter(|event| events::matches(name, event.name)));
                if found.len() == before {
                    return Err(Failure::usage(format_args!(
                        "no event is like `{name}`; `stripe-hooks events` lists them all"
                    )));
                }
            } else {
                found.push(sample::event(name).map_err(Failure::usage)?.info());
            }
        }
        if found.is_empty() {
            return Err(Failure::usage(
                "no event to send; name one, such as `payment_intent.succeeded`, or say `--all`",
            ));
        }
        Ok(found)
    }
}

fn deliver(
    arguments: &TriggerArguments,
    samples: &[Sample],
    sender: &Sender,
    secrets: &[Secret],
    pause: Option<Duration>,
    out: &mut impl Write,
) -> Result<Report, Failure> {
    let bar = bar(samples.len());
    let show_all = arguments.verbose || samples.len() <= MANY;
    let mut report = Report::default();
    let started = Instant::now();
    for (nth, made) in samples.iter().enumerate() {
        if let Some(pause) = pause {
            thread::sleep(due(pause, nth).saturating_sub(started.elapsed()));
        }
        let body = made.body();
        let sent = sender.send(&signature::sign_with_each(body.as_bytes(), secrets, sign::now()), &body);
        let unreachable = |error: &ureq::Error| {
            Failure::Work(format!(
                "{}: {error}; start the server first, or say with `--to` where it listens",
                arguments.to
            ))
        };
        if let (0, Err(error)) = (report.sent(), &sent) {
            return Err(unreachable(error));
        }
        report.add(&sent);
        let line = if arguments.json { Some(json_line(made, &sent)) } else { line(made, &sent, show_all) };
        if let Some(line) = line {
            let told = bar.suspend(|| writeln!(out, "{line}"));
            told.map_err(|error| cut_short(error, report.sent(), samples.len()))?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    report.took = started.elapsed();
    Ok(report)
}

/// How long after the start the nth delivery is due, counted from 0. No rate is so low that this is more than there is time.
fn due(pause: Duration, nth: usize) -> Duration {
    pause.saturating_mul(u32::try_from(nth).unwrap_or(u32::MAX))
}

/// Where nobody reads on, sending ends; but what was not sent was not answered 2xx either.
fn cut_short(error: io::Error, sent: usize, all: usize) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => {
            Failure::Work(format!("the output was closed when {sent} of {all} were sent; read it to its end"))
        }
        _ => error.into(),
    }
}

/// Drawn on the standard error, where that is a terminal.
fn bar(count: usize) -> ProgressBar {
    if count <= MANY {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(count as u64);
    match ProgressStyle::with_template("{bar:40} {pos} of {len}  {per_sec}  {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn line(made: &Sample, sent: &Result<Answer, ureq::Error>, show_all: bool) -> Option<String> {
    let (name, id) = (made.info().name, made.event_id());
    match sent {
        Ok(answer) if is_success(answer.status) => {
            show_all.then(|| format!("{}  {:>4} ms  {name}  {id}", answer.status, answer.took.as_millis()))
        }
        Ok(answer) => {
            let Answer { status, took, line } = answer;
            Some(format!("{status}  {:>4} ms  {name}  {id}  {line}", took.as_millis()))
        }
        Err(error) => Some(format!("---  no answer  {name}  {id}  {error}")),
    }
}

fn json_line(made: &Sample, sent: &Result<Answer, ureq::Error>) -> String {
    let answer = sent.as_ref().ok();
    json!({
        "type": made.info().name,
        "id": made.event_id(),
        "status": answer.map(|answer| answer.status),
        "milliseconds": answer.map(|answer| u64::try_from(answer.took.as_millis()).unwrap_or(u64::MAX)),
        "answer": answer.map(|answer| &answer.line),
        "error": sent.as_ref().err().map(ToString::to_string),
    })
    .to_string()
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// How many were answered how.
#[derive(Default)]
struct Report {
    by_status: BTreeMap<u16, usize>,
    unanswered: usize,
    took: Duration,
}

impl Report {
    fn add(&mut self, sent: &Result<Answer, ureq::Error>) {
        match sent {
            Ok(answer) => *self.by_status.entry(answer.status).or_default() += 1,
            Err(_) => self.unanswered += 1,
        }
    }

    fn sent(&self) -> usize {
        self.by_status.values().sum::<usize>() + self.unanswered
    }

    fn successes(&self) -> usize {
        self.by_status.iter().filter(|(status, _)| is_success(**status)).map(|(_, count)| count).sum()
    }

    fn summary(&self, seed: u64) -> String {
        let mut text = String::new();
        let sent = self.sent();
        for (status, count) in &self.by_status {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{count} of {sent} answered {status}, ");
        }
        if self.unanswered > 0 {
            let _ = write!(text, "{} of {sent} not answered, ", self.unanswered);
        }
        let _ = write!(text, "in {:.1} s (--seed {seed})", self.took.as_secs_f64());
        text
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn pause(rate: &[&str]) -> Result<Option<Duration>, Failure> {
        let arguments = ["stripe-hooks", "trigger", "invoice.paid"].iter().chain(rate);
        match Arguments::parse_from(arguments).command {
            Command::Trigger(arguments) => arguments.pause(),
            _ => panic!("another command"),
        }
    }

    #[test]
    fn a_rate_is_kept() {
        let pause = pause(&["--rate", "20"]).unwrap().unwrap();
        assert_eq!([0, 1, 3].map(|nth| due(pause, nth).as_millis()), [0, 50, 150]);
    }

    #[test]
    fn without_a_rate_nothing_is_waited_for() {
        assert_eq!(pause(&[]).unwrap(), None);
    }

    #[test]
    fn no_rate_is_too_low_to_be_waited_for() {
        let pause = pause(&["--rate", "1e-19"]).unwrap().unwrap();
        assert_eq!(due(pause, usize::MAX), Duration::MAX);
    }

    #[test]
    fn a_rate_that_sends_nothing_is_refused() {
        for rate in ["--rate=0", "--rate=-1", "--rate=NaN", "--rate=1e-300"] {
            assert!(matches!(pause(&[rate]), Err(Failure::Usage(_))), "{rate}");
        }
    }
}

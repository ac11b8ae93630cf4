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
    failure::{Failure, ignore_broken_pipe},
    send::{ReceivedAnswer, Sender},
    sign,
};

/// From how many deliveries on there is a bar, and only those answers are shown that are not 2xx.
const PROGRESS_BAR_MIN: usize = 20;

pub(crate) fn run_trigger(arguments: &TriggerArguments, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let secrets = arguments.secrets.read_secrets()?;
    let sender = Sender::new(&arguments.to, Duration::from_secs(arguments.timeout))?;
    let delay_between_deliveries = arguments.delay_between_deliveries()?;
    let seed = arguments.options.seed.unwrap_or_else(|| RandomState::new().hash_one(()) % 1_000_000);
    let samples = arguments.make_samples(seed)?;
    let report = deliver_all(arguments, &samples, &sender, &secrets, delay_between_deliveries, out)?;
    let line = report.summary(seed);
    if arguments.json { writeln!(io::stderr(), "{line}") } else { writeln!(out, "{line}") }
        .or_else(ignore_broken_pipe)?;
    Ok(if report.success_count() == report.sent_count() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl TriggerArguments {
    fn delay_between_deliveries(&self) -> Result<Option<Duration>, Failure> {
        let Some(rate) = self.rate else { return Ok(None) };
        let delay = Some(rate)
            .filter(|rate| *rate > 0.0)
            .and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        delay.map(Some).ok_or_else(|| {
            Failure::usage(format_args!("`--rate {rate}` sends nothing; give a number above 0"))
        })
    }

    /// All that is to be sent, in order.
    fn make_samples(&self, seed: u64) -> Result<Vec<Sample>, Failure> {
        let (changes, names): (Vec<_>, Vec<_>) =
            self.names_and_changes.iter().cloned().partition(|what| what.contains('='));
        let now = self.options.created.unwrap_or_else(sign::unix_now);
        let mut samples = Vec::new();
        for info in self.find_events(&names)? {
            let made = self.options.make_sample(info, &changes)?.happened_at(now);
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

    fn find_events(&self, names: &[String]) -> Result<Vec<&'static EventInfo>, Failure> {
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
                found.extend(available().filter(|event| events::name_matches(name, event.name)));
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

fn deliver_all(
    arguments: &TriggerArguments,
    samples: &[Sample],
    sender: &Sender,
    secrets: &[Secret],
    delay_between_deliveries: Option<Duration>,
    out: &mut impl Write,
) -> Result<DeliveryReport, Failure> {
    let bar = progress_bar(samples.len());
    let show_all = arguments.verbose || samples.len() <= PROGRESS_BAR_MIN;
    let mut report = DeliveryReport::default();
    let started = Instant::now();
    for (nth, made) in samples.iter().enumerate() {
        if let Some(delay) = delay_between_deliveries {
            thread::sleep(due_time(delay, nth).saturating_sub(started.elapsed()));
        }
        let body = made.body();
        let sent = sender
            .send_delivery(&signature::sign_with_each(body.as_bytes(), secrets, sign::unix_now()), &body);
        let unreachable = |error: &ureq::Error| {
            Failure::Operation(format!(
                "{}: {error}; start the server first, or say with `--to` where it listens",
                arguments.to
            ))
        };
        if let (0, Err(error)) = (report.sent_count(), &sent) {
            return Err(unreachable(error));
        }
        report.add_answer(&sent);
        let line = if arguments.json {
            Some(answer_json_line(made, &sent))
        } else {
            answer_line(made, &sent, show_all)
        };
        if let Some(line) = line {
            let told = bar.suspend(|| writeln!(out, "{line}"));
            told.map_err(|error| output_closed_failure(error, report.sent_count(), samples.len()))?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    report.total_duration = started.elapsed();
    Ok(report)
}

/// How long after the start the nth delivery is due, counted from 0. No rate is so low that this is more than there is time.
fn due_time(delay_between_deliveries: Duration, nth: usize) -> Duration {
    delay_between_deliveries.saturating_mul(u32::try_from(nth).unwrap_or(u32::MAX))
}

/// Where nobody reads on, sending ends; but what was not sent was not answered 2xx either.
fn output_closed_failure(error: io::Error, sent: usize, all: usize) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::Operation(format!(
            "the output was closed when {sent} of {all} were sent; read it to its end"
        )),
        _ => error.into(),
    }
}

/// Drawn on the standard error, where that is a terminal.
fn progress_bar(count: usize) -> ProgressBar {
    if count <= PROGRESS_BAR_MIN {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(count as u64);
    match ProgressStyle::with_template("{bar:40} {pos} of {len}  {per_sec}  {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn answer_line(made: &Sample, sent: &Result<ReceivedAnswer, ureq::Error>, show_all: bool) -> Option<String> {
    let (name, id) = (made.info().name, made.event_id());
    match sent {
        Ok(answer) if is_success(answer.status) => show_all
            .then(|| format!("{}  {:>4} ms  {name}  {id}", answer.status, answer.duration.as_millis())),
        Ok(answer) => {
            let ReceivedAnswer { status, duration: took, first_line: line } = answer;
            Some(format!("{status}  {:>4} ms  {name}  {id}  {line}", took.as_millis()))
        }
        Err(error) => Some(format!("---  no answer  {name}  {id}  {error}")),
    }
}

fn answer_json_line(made: &Sample, sent: &Result<ReceivedAnswer, ureq::Error>) -> String {
    let answer = sent.as_ref().ok();
    json!({
        "type": made.info().name,
        "id": made.event_id(),
        "status": answer.map(|answer| answer.status),
        "milliseconds": answer.map(|answer| u64::try_from(answer.duration.as_millis()).unwrap_or(u64::MAX)),
        "answer": answer.map(|answer| &answer.first_line),
        "error": sent.as_ref().err().map(ToString::to_string),
    })
    .to_string()
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// How many were answered how.
#[derive(Default)]
struct DeliveryReport {
    by_status: BTreeMap<u16, usize>,
    unanswered: usize,
    total_duration: Duration,
}

impl DeliveryReport {
    fn add_answer(&mut self, sent: &Result<ReceivedAnswer, ureq::Error>) {
        match sent {
            Ok(answer) => *self.by_status.entry(answer.status).or_default() += 1,
            Err(_) => self.unanswered += 1,
        }
    }

    fn sent_count(&self) -> usize {
        self.by_status.values().sum::<usize>() + self.unanswered
    }

    fn success_count(&self) -> usize {
        self.by_status.iter().filter(|(status, _)| is_success(**status)).map(|(_, count)| count).sum()
    }

    fn summary(&self, seed: u64) -> String {
        let mut text = String::new();
        let sent = self.sent_count();
        for (status, count) in &self.by_status {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{count} of {sent} answered {status}, ");
        }
        if self.unanswered > 0 {
            let _ = write!(text, "{} of {sent} not answered, ", self.unanswered);
        }
        let _ = write!(text, "in {:.1} s (--seed {seed})", self.total_duration.as_secs_f64());
        text
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn parse_rate(rate: &[&str]) -> Result<Option<Duration>, Failure> {
        let arguments = ["stripe-hooks", "trigger", "invoice.paid"].iter().chain(rate);
        match Arguments::parse_from(arguments).command {
            Command::Trigger(arguments) => arguments.delay_between_deliveries(),
            _ => panic!("another command"),
        }
    }

    #[test]
    fn a_rate_is_kept() {
        let delay_between_deliveries = parse_rate(&["--rate", "20"]).unwrap().unwrap();
        assert_eq!([0, 1, 3].map(|nth| due_time(delay_between_deliveries, nth).as_millis()), [0, 50, 150]);
    }

    #[test]
    fn without_a_rate_nothing_is_waited_for() {
        assert_eq!(parse_rate(&[]).unwrap(), None);
    }

    #[test]
    fn no_rate_is_too_low_to_be_waited_for() {
        let delay_between_deliveries = parse_rate(&["--rate", "1e-19"]).unwrap().unwrap();
        assert_eq!(due_time(delay_between_deliveries, usize::MAX), Duration::MAX);
    }

    #[test]
    fn a_rate_that_sends_nothing_is_refused() {
        for rate in ["--rate=0", "--rate=-1", "--rate=NaN", "--rate=1e-300"] {
            assert!(matches!(parse_rate(&[rate]), Err(Failure::Usage(_))), "{rate}");
        }
    }
}

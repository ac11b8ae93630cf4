//! `stripe-hooks verify`

use std::{
    fs,
    io::{self, Read as _, Write},
    process::ExitCode,
};

use serde_json::{Value, json};
use stripe_hooks::{
    EventForm,
    diagnosis::{self, Cause, Outline},
    signature::{self, Secret, SignatureError, Tolerance, Verified},
};

use crate::{
    arguments::{EventFormArgument, VerifyArguments},
    failure::{Failure, ignore_broken_pipe},
    sign,
};

pub(crate) fn run_verify(arguments: &VerifyArguments, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let secrets = arguments.secrets.read_with_white_space()?;
    let header = read_header(arguments)?;
    let mut body = Vec::new();
    io::stdin().lock().read_to_end(&mut body)?;
    let verdict = verify_delivery(arguments, &secrets, &header, &body);
    verdict.print_report(arguments.json, out).or_else(ignore_broken_pipe)?;
    Ok(if verdict.is_ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What an endpoint would make of the delivery.
struct VerifyReport {
    is_ok: bool,
    word: &'static str,
    explanation: String,
    /// One word for what may be behind it, and the words.
    diagnosis: Option<(&'static str, String)>,
    verified: Option<Verified>,
    outline: Option<Outline>,
}

impl VerifyReport {
    fn refused(word: &'static str, explanation: String) -> Self {
        Self { is_ok: false, word, explanation, diagnosis: None, verified: None, outline: None }
    }

    fn print_report(&self, json: bool, out: &mut impl Write) -> io::Result<()> {
        if json {
            return writeln!(out, "{}", self.to_json());
        }
        writeln!(out, "{}: {}", self.word, self.explanation)?;
        let heading = if self.is_ok { "note" } else { "likely cause" };
        self.diagnosis.iter().try_for_each(|(_, text)| writeln!(out, "{heading}: {text}"))
    }

    fn to_json(&self) -> Value {
        json!({
            "ok": self.is_ok,
            "error": if self.is_ok { None } else { Some(self.word) },
            "explanation": self.explanation,
            "diagnosis": self.diagnosis.as_ref().map(|(kind, text)| json!({ "kind": kind, "text": text })),
            "timestamp": self.verified.map(|verified| verified.timestamp),
            "secret": self.verified.map(|verified| verified.secret + 1),
            "event": self.outline.as_ref().map(|outline| json!({
                "id": outline.id.as_str(),
                "type": outline.event_type.as_str(),
                "form": outline_form(outline),
            })),
        })
    }
}

fn verify_delivery(
    arguments: &VerifyArguments,
    secrets: &[Secret],
    header: &[u8],
    body: &[u8],
) -> VerifyReport {
    let tolerance = match arguments.any_age {
        true => Tolerance::dangerously_accept_any_age(),
        false => Tolerance::seconds(arguments.tolerance),
    };
    let now = arguments.now.unwrap_or_else(sign::unix_now);
    let verified = match signature::verify(Some(header), body, secrets, tolerance, now) {
        Ok(verified) => verified,
        Err(error) => {
            let cause = diagnosis::likely_cause(error, header, body, secrets, now);
            let diagnosis = cause.map(|cause: Cause| (cause.kind(), cause.to_string()));
            return VerifyReport {
                diagnosis,
                ..VerifyReport::refused(error.kind(), explain_error(error, tolerance, arguments))
            };
        }
    };
    let verified_and = |verdict| VerifyReport { verified: Some(verified), ..verdict };
    let outline = match Outline::from_body(body) {
        Ok(outline) => outline,
        Err(error) => {
            let explanation = format!("the signature is good, but {error}, so an endpoint answers 400");
            return verified_and(VerifyReport::refused("not-an-event", explanation));
        }
    };
    let age = i128::from(now) - i128::from(verified.timestamp);
    let when = if age < 0 { format!("{} seconds ahead", -age) } else { format!("{age} seconds ago") };
    let (event_type, id) = (&outline.event_type, &outline.id);
    let ok = VerifyReport {
        is_ok: true,
        word: "ok",
        explanation: format!("{event_type} ({id}), signed {when}"),
        diagnosis: delivery_note(&verified, secrets, &outline),
        verified: Some(verified),
        outline: Some(outline.clone()),
    };
    match arguments.form {
        Some(EventFormArgument::Snapshot) if outline.form == Some(EventForm::Thin) => VerifyReport {
            outline: Some(outline),
            diagnosis: Some(("thin-event", THIN_EVENT_NOTE.to_owned())),
            ..verified_and(VerifyReport::refused(
                "wrong-form",
                "the signature is good, but the event is a thin one".to_owned(),
            ))
        },
        Some(EventFormArgument::Thin) if outline.form == Some(EventForm::Snapshot) => VerifyReport {
            outline: Some(outline),
            diagnosis: Some(("snapshot-event", SNAPSHOT_EVENT_NOTE.to_owned())),
            ..verified_and(VerifyReport::refused(
                "wrong-form",
                "the signature is good, but the event is a snapshot".to_owned(),
            ))
        },
        _ => ok,
    }
}

const THIN_EVENT_NOTE: &str = "this is a thin event, which names its object and carries none; an endpoint whose handlers take snapshot events does not \
                    handle it, so let the event destination in Stripe send snapshot payloads, or handle its `v1.…` or `v2.…` name";

const SNAPSHOT_EVENT_NOTE: &str = "this is a snapshot event; let the event destination in Stripe send thin payloads, or handle the snapshot's name";

/// What is worth knowing of a delivery that verifies.
fn delivery_note(
    verified: &Verified,
    secrets: &[Secret],
    outline: &Outline,
) -> Option<(&'static str, String)> {
    if verified.secret > 0 {
        let (nth, count) = (verified.secret + 1, secrets.len());
        let text = format!(
            "of the {count} secrets only number {nth} matches; an endpoint that has none but the first refuses this delivery"
        );
        return Some(("another-secret", text));
    }
    (outline.form == Some(EventForm::Thin)).then(|| ("thin-event", THIN_EVENT_NOTE.to_owned()))
}

fn explain_error(error: SignatureError, tolerance: Tolerance, arguments: &VerifyArguments) -> String {
    match error {
        SignatureError::MissingHeader => "the header is empty".to_owned(),
        SignatureError::MalformedHeader => {
            "the header has no `t` of digits, or two that differ; it reads like `t=1700000000,v1=` and 64 digits".to_owned()
        }
        SignatureError::NoKnownScheme => "the header has no `v1` signature".to_owned(),
        SignatureError::NoMatch => "no signature of the header was made with the secret over exactly this body".to_owned(),
        SignatureError::OutsideTolerance if tolerance == Tolerance::seconds(arguments.tolerance) => format!(
            "the signature is good, but more than {} seconds old; for a recorded delivery give `--now` its time, or `--any-age`",
            arguments.tolerance
        ),
        error => error.to_string(),
    }
}

fn outline_form(outline: &Outline) -> Option<&'static str> {
    outline.form.map(|form| match form {
        EventForm::Snapshot => "snapshot",
        EventForm::Thin => "thin",
    })
}

/// The header's bytes, from the command line or a file.
fn read_header(arguments: &VerifyArguments) -> Result<Vec<u8>, Failure> {
    let Some(path) = &arguments.header_file else {
        return Ok(arguments
            .header
            .as_ref()
            .map(|header| header.as_encoded_bytes().to_vec())
            .unwrap_or_default());
    };
    let mut header = fs::read(path)
        .map_err(|error| Failure::usage(format_args!("cannot read `{}`: {error}", path.display())))?;
    // An editor puts one line end there.
    for end in [b'\n', b'\r'] {
        if header.last() == Some(&end) {
            header.pop();
        }
    }
    Ok(header)
}

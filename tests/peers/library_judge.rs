//! One of Stripe's libraries, running in its own language beside the test.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::case::{JudgedPart, SignatureCase};

/// It answers one question at a time; see `stripe_node.mjs` for their form.
pub(super) struct LibraryJudge {
    pub(super) name: &'static str,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl LibraryJudge {
    pub(super) fn node(folder: &Path) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/stripe_node.mjs");
        Self::start("stripe-node", Command::new("node").arg(script).arg(folder))
    }

    pub(super) fn python(interpreter: &Path) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/stripe_python.py");
        Self::start("stripe-python", Command::new(interpreter).arg(script))
    }

    fn start(name: &'static str, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let questions = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { name, child, input: questions, output: answers }
    }

    /// The header that the library makes for this body.
    pub(super) fn sign_body(&mut self, body: &[u8], secret: &str, timestamp: i64) -> String {
        let answer = self.query(&json!({
            "op": "sign",
            "body": BASE64_STANDARD.encode(body),
            "secret": secret,
            "timestamp": timestamp,
        }));
        answer["header"].as_str().expect("a header").to_owned()
    }

    /// Whether the library accepts the case, or in its words why not.
    pub(super) fn accepts_case(&mut self, case: &SignatureCase) -> Result<(), String> {
        let answer = self.query(&json!({
            "op": match case.judged {
                JudgedPart::Header => "header",
                JudgedPart::Snapshot => "snapshot",
                JudgedPart::Thin => "thin",
            },
            "header": case.header.as_ref().map(|header| BASE64_STANDARD.encode(header)),
            "body": BASE64_STANDARD.encode(&case.body),
            "secret": case.secret,
            "tolerance": case.tolerance.unwrap_or(0),
            "now": case.now,
        }));
        match answer["accepted"].as_bool() {
            Some(true) => Ok(()),
            Some(false) => Err(answer["why"].as_str().unwrap_or_default().to_owned()),
            None => panic!("{} gave no verdict on {case:?}: {answer}", self.name),
        }
    }

    fn query(&mut self, question: &Value) -> Value {
        writeln!(self.input, "{question}").unwrap_or_else(|error| panic!("{} has ended: {error}", self.name));
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{} answered {line:?}: {error}", self.name))
    }
}

impl Drop for LibraryJudge {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! One run of the tool.

use std::{
    fs,
    io::{Write as _, pipe},
    path::PathBuf,
    process::{self, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::Value;

pub(crate) const SECRET: &str = "whsec_QfRmHbHbC5xhyWpDqXGkz3Kf";

/// A run to be, without any secret in its environment.
pub(crate) struct ToolRun {
    command: Command,
    input: Vec<u8>,
    is_output_read: bool,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct ToolOutput {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) errors: String,
}

pub(crate) fn tool<'a>(arguments: impl IntoIterator<Item = &'a str>) -> ToolRun {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stripe-hooks"));
    command.args(arguments).env_remove("STRIPE_WEBHOOK_SECRET").env_remove("STRIPE_HOOKS_INBOX");
    ToolRun { command, input: Vec::new(), is_output_read: true }
}

impl ToolRun {
    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    pub(crate) fn secret_in_environment(mut self, secret: &str) -> Self {
        self.command.env("STRIPE_WEBHOOK_SECRET", secret);
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Without the variables of a login.
    pub(crate) fn without_login_variables(mut self) -> Self {
        for name in ["SUDO_USER", "USER", "LOGNAME", "USERNAME"] {
            self.command.env_remove(name);
        }
        self
    }

    /// What it prints as JSON, given that all goes well.
    #[track_caller]
    pub(crate) fn run_for_json(mut self) -> Value {
        self.command.arg("--json");
        let ended = self.run();
        assert_eq!(ended.status, 0, "{ended:?}");
        ended.parse_json()
    }

    /// Nobody reads what it prints.
    pub(crate) fn with_closed_output(mut self) -> Self {
        self.is_output_read = false;
        self
    }

    pub(crate) fn run(mut self) -> ToolOutput {
        let out = if self.is_output_read { Stdio::piped() } else { pipe().unwrap().1.into() };
        let mut child =
            self.command.stdin(Stdio::piped()).stdout(out).stderr(Stdio::piped()).spawn().unwrap();
        // A run that fails early does not read what it is given.
        let _ = child.stdin.take().unwrap().write_all(&self.input);
        let output = child.wait_with_output().unwrap();
        ToolOutput {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl ToolOutput {
    /// What it printed, given that all went well.
    #[track_caller]
    pub(crate) fn expect_success(self) -> String {
        assert_eq!(self.status, 0, "{self:?}");
        self.out
    }

    #[track_caller]
    pub(crate) fn parse_json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A file with this content, in cargo's own temporary folder.
pub(crate) fn temporary_file(content: impl AsRef<[u8]>) -> PathBuf {
    static FILE_COUNTER: AtomicU32 = AtomicU32::new(0);
    let unique = format!("tool-{}-{}", process::id(), FILE_COUNTER.fetch_add(1, Ordering::Relaxed));
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(unique);
    fs::write(&path, content).unwrap();
    path
}

//! The tool `stripe-hooks` as a judge.

use std::{
    ffi::OsStr,
    fs,
    io::Write as _,
    os::unix::ffi::OsStrExt as _,
    path::PathBuf,
    process::{self, Command, Stdio},
};

use serde_json::Value;

use super::case::{JudgedPart, SignatureCase};

/// The longest argument that every Unix takes.
const MAX_HEADER_LENGTH: usize = 100_000;

pub(super) struct ToolJudge {
    binary: PathBuf,
    /// Where a header goes that cannot be an argument.
    header: PathBuf,
}

impl ToolJudge {
    pub(super) fn new(binary: PathBuf) -> Self {
        let header = format!("header-{}", process::id());
        Self { binary, header: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(header) }
    }

    /// Whether `verify` finds the signature good, or with it the body an event.
    pub(super) fn accepts_case(&self, case: &SignatureCase) -> bool {
        let mut command = Command::new(&self.binary);
        command.args(["verify", "--json", "--secret", &case.secret, "--now", &case.now.to_string()]);
        match case.tolerance {
            Some(seconds) => command.args(["--tolerance", &seconds.to_string()]),
            None => command.arg("--any-age"),
        };
        let header = case.header.as_deref().unwrap_or_default();
        if header.contains(&0) || header.len() > MAX_HEADER_LENGTH {
            // A line end at the end of the file is no part of the header.
            fs::write(&self.header, [header, b"\n"].concat()).unwrap();
            command.arg("--header-file").arg(&self.header);
        } else {
            command.arg("--header").arg(OsStr::from_bytes(header));
        }
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A usage error, as for a blank secret, does not wait for the body.
        let _ = child.stdin.take().unwrap().write_all(&case.body);
        let output = child.wait_with_output().unwrap();
        let status = output.status.code().unwrap();
        if status == 2 {
            assert!(case.secret.trim().is_empty(), "{case:?}: {output:?}");
            return false;
        }
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["ok"] == true, status == 0, "{case:?}: {report}");
        match case.judged {
            JudgedPart::Header => report["timestamp"].is_i64(),
            JudgedPart::Snapshot | JudgedPart::Thin => status == 0,
        }
    }
}

impl Drop for ToolJudge {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.header);
    }
}

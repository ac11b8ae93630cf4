//! A process to which the system gives no more threads, for a while.

use std::{fs, os::unix::fs::chown, path::PathBuf, process::Command};

use crate::{
    child_process::ChildProcess,
    environment,
    postgres_cluster::{command_as, unprivileged_user},
    test_inbox::{TestInbox, on_both_engines, wait_until},
};

on_both_engines! { what_was_stored_while_there_were_no_threads_is_worked_on_when_there_are }

/// The ids of a user.
type User = Option<(u32, u32)>;

/// Starts a receiver whose number of threads the system can limit: the limit does not hold for an
/// administrator.
fn start_as(user: User, test_inbox: &TestInbox) -> ChildProcess {
    let mut program = PathBuf::from(env!("CARGO_BIN_EXE_inbox-server"));
    if let Some((user, group)) = user {
        // The other user may have no access to the folder of the build.
        let folder = test_inbox.own_folder();
        program = folder.join("inbox-server");
        fs::copy(env!("CARGO_BIN_EXE_inbox-server"), &program).unwrap();
        let files = test_inbox.database.files();
        for path in files.iter().chain([&folder.to_owned(), &program]) {
            chown(path, Some(user), Some(group)).unwrap();
        }
    }
    ChildProcess::start_by(command_as(user, program), test_inbox)
}

/// Lets the user of the process have so many threads; `None` as many as the administrator allows.
fn limit_threads(user: User, process: &ChildProcess, limit: Option<u32>) {
    let prlimit = |arguments: &[&str]| {
        let process = format!("--pid={}", process.id());
        let output = command_as(user, "prlimit").arg(process).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let soft = match limit {
        Some(limit) => limit.to_string(),
        None => prlimit(&["--nproc", "--raw", "--noheadings", "--output=HARD"]),
    };
    prlimit(&[&format!("--nproc={soft}:")]);
}

async fn what_was_stored_while_there_were_no_threads_is_worked_on_when_there_are(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    if Command::new("prlimit").arg("--version").output().is_err() {
        return environment::print_skipped("install prlimit");
    }
    let user = unprivileged_user();
    let process = start_as(user, &test_inbox);
    limit_threads(user, &process, Some(1));
    for id in 0..30 {
        assert_eq!(process.deliver(&format!("evt_{id}"), "charge.captured"), Some(200));
    }
    // Each claim takes the next fence.
    let given_back =
        "SELECT count(*) FROM stripe_hooks_runs WHERE state = 'pending' AND attempts = 0 AND fence > 1";
    wait_until("runs that are given back twice", async || test_inbox.query_integer(given_back).await >= 30)
        .await;
    limit_threads(user, &process, None);
    let runs = test_inbox.wait_until_ended().await;
    assert!(runs.iter().all(|run| run.summary() == ("note", "done", 1)), "{runs:#?}");
    assert_eq!(runs.len(), 30);
}

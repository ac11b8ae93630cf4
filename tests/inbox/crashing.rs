//! Real processes that are killed: what was answered 200 ends, and what a transactional handler does it does once.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    sync::{Mutex, mpsc},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use stripe_hooks::signature;

use crate::bench::{Bench, PATIENCE, event};

/// A running receiver. It is killed when the test is done with it.
struct Process {
    child: Child,
    address: SocketAddr,
    lines: Mutex<mpsc::Receiver<String>>,
}

impl Process {
    fn start(bench: &Bench, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_inbox-server"))
            .env("FILE", bench.file())
            .env("SECRET", delivery::SECRET)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut process = Self { child, address: nowhere, lines: Mutex::new(lines) };
        let listening = process.wait_for("listening ");
        process.address = listening["listening ".len()..].parse().unwrap();
        process
    }

    /// The next line that begins so.
    fn wait_for(&self, beginning: &str) -> String {
        loop {
            let line = self
                .lines
                .lock()
                .unwrap()
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("no `{beginning}`"));
            if line.starts_with(beginning) {
                return line;
            }
        }
    }

    /// Sends an event, signed now; `None` when no answer came.
    fn deliver(&self, id: &str, event_type: &str) -> Option<u16> {
        let body = event(id, event_type).to_string();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let signature = signature::sign(body.as_bytes(), &delivery::secret(), now.try_into().unwrap());
        let request = format!(
            "POST /webhook HTTP/1.1\r\nHost: localhost\r\nStripe-Signature: {signature}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.split(' ').nth(1)?.parse().ok()
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    fn is_gone(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn with_ledger() -> Bench {
    let bench = Bench::new();
    drop(bench.inbox());
    bench.execute("CREATE TABLE ledger (event TEXT NOT NULL)").await;
    bench
}

/// A number that differs from run to run, below the limit.
fn random(limit: u64) -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish() % limit
}

#[tokio::test]
async fn after_kills_at_random_each_event_that_was_answered_200_is_booked_exactly_once() {
    let bench = with_ledger().await;
    let mut answered = BTreeSet::new();
    let mut next = 0;
    for _ in 0..8 {
        let process = Process::start(&bench, &[]);
        thread::scope(|scope| {
            let callers: Vec<_> = (0..4)
                .map(|caller| {
                    let (process, first) = (&process, next + caller * 50);
                    scope.spawn(move || {
                        // Each event comes twice, as Stripe's do.
                        let ids = (first..first + 50).map(|id| format!("evt_{id}"));
                        ids.filter(|id| {
                            let once = process.deliver(id, "charge.succeeded");
                            [once, process.deliver(id, "charge.succeeded")].contains(&Some(200))
                        })
                        .collect::<Vec<_>>()
                    })
                })
                .collect();
            thread::sleep(Duration::from_millis(50 + random(400)));
            process.signal("-KILL");
            for caller in callers {
                answered.extend(caller.join().unwrap());
            }
        });
        next += 200;
    }
    assert!(!answered.is_empty());
    let _last = Process::start(&bench, &[]);
    let runs = bench.ended().await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:#?}");
    let booked: Vec<String> =
        sqlx::query_scalar("SELECT event FROM ledger").fetch_all(&mut bench.connect().await).await.unwrap();
    let once: BTreeSet<_> = booked.iter().cloned().collect();
    assert_eq!(booked.len(), once.len(), "an event is booked twice");
    assert!(answered.is_subset(&once), "lost: {:?}", answered.difference(&once));
    assert_eq!(once.len(), runs.len());
}

#[tokio::test]
async fn a_process_that_dies_in_a_transactional_handler_leaves_nothing_of_it_behind() {
    for point in ["before", "within"] {
        let bench = with_ledger().await;
        let mut dying = Process::start(&bench, &[("DIE", point)]);
        dying.deliver("evt_1", "charge.succeeded");
        let deadline = Instant::now() + PATIENCE;
        while !dying.is_gone() {
            assert!(Instant::now() < deadline, "it lives on");
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 0, "{point}");
        let living = Process::start(&bench, &[]);
        // Whether the first answer came before the end or not, Stripe may send it again.
        assert_eq!(living.deliver("evt_1", "charge.succeeded"), Some(200));
        assert_eq!(bench.ended().await[0].state, "done");
        assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 1, "{point}");
        living.kill();
    }
}

#[tokio::test]
async fn an_event_that_kills_its_process_stops_at_its_limit_and_others_go_on() {
    let bench = with_ledger().await;
    let mut starts = 0;
    let parked = loop {
        let mut process = Process::start(&bench, &[("DIE", "after")]);
        starts += 1;
        process.deliver("evt_poison", "charge.captured");
        let deadline = Instant::now() + PATIENCE;
        let parked = loop {
            let runs = bench.runs().await;
            if runs.iter().any(|run| run.state == "parked") {
                break true;
            }
            if process.is_gone() {
                break false;
            }
            assert!(Instant::now() < deadline, "neither parked nor dead: {runs:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        if parked {
            assert_eq!(process.deliver("evt_good", "charge.succeeded"), Some(200));
            break bench.ended().await;
        }
    };
    // Three attempts, each in a process of its own, and the process that parked it.
    assert_eq!(starts, 4);
    assert_eq!((parked[0].brief(), parked[0].reason.as_deref()), (("note", "parked", 3), Some("gave_up")));
    assert_eq!(parked[1].brief(), ("book", "done", 1));
}

#[tokio::test]
async fn one_event_sent_to_three_processes_at_once_is_one_run() {
    let bench = with_ledger().await;
    let processes: Vec<_> = (0..3).map(|_| Process::start(&bench, &[])).collect();
    thread::scope(|scope| {
        for process in &processes {
            for _ in 0..10 {
                scope.spawn(|| assert_eq!(process.deliver("evt_1", "charge.succeeded"), Some(200)));
            }
        }
    });
    let runs = bench.ended().await;
    assert_eq!((runs.len(), &*runs[0].state), (1, "done"));
    assert_eq!(bench.count("SELECT count(*) FROM ledger").await, 1);
}

#[tokio::test]
async fn a_sigterm_waits_for_what_runs_or_gives_it_back_by_its_grace() {
    for (grace, expected) in [("10000", ("last", "done", 1)), ("100", ("last", "pending", 0))] {
        let bench = with_ledger().await;
        let process = Process::start(&bench, &[("GRACE_MS", grace)]);
        assert_eq!(process.deliver("evt_1", "charge.updated"), Some(200));
        process.wait_for("begun evt_1");
        process.signal("-TERM");
        process.wait_for("stopped");
        assert_eq!(bench.runs().await[0].brief(), expected, "grace of {grace} ms");
    }
}

/// Stops the process at a moment when it does not hold the file's lock, which nobody could take from it.
async fn stop(bench: &Bench, process: &Process) {
    loop {
        process.signal("-STOP");
        let mut connection = bench.connect().await;
        sqlx::raw_sql("PRAGMA busy_timeout = 100").execute(&mut connection).await.unwrap();
        if sqlx::raw_sql("BEGIN IMMEDIATE; ROLLBACK").execute(&mut connection).await.is_ok() {
            return;
        }
        process.signal("-CONT");
    }
}

#[tokio::test]
async fn a_process_that_stood_still_past_its_lease_changes_nothing_when_it_goes_on() {
    let bench = with_ledger().await;
    let first = Process::start(&bench, &[]);
    assert_eq!(first.deliver("evt_1", "charge.updated"), Some(200));
    first.wait_for("begun evt_1");
    stop(&bench, &first).await;
    let second = Process::start(&bench, &[]);
    second.wait_for("ended evt_1");
    assert_eq!(bench.ended().await[0].brief(), ("last", "done", 2));
    let finished = "SELECT finished_at FROM stripe_hooks_runs";
    let before = bench.count(finished).await;
    first.signal("-CONT");
    first.wait_for("ended evt_1");
    first.signal("-TERM");
    first.wait_for("stopped");
    assert_eq!(bench.runs().await[0].brief(), ("last", "done", 2));
    assert_eq!(bench.count(finished).await, before);
}

#[test]
fn a_backup_under_load_is_whole_and_keeps_no_delivery_out() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bench = runtime.block_on(with_ledger());
    let process = Process::start(&bench, &[]);
    let copy = bench.file().with_file_name("copy.db");
    thread::scope(|scope| {
        let loading = scope.spawn(|| {
            (0..60).for_each(|id| {
                assert_eq!(process.deliver(&format!("evt_{id}"), "charge.succeeded"), Some(200));
            });
        });
        let copying = async {
            let sql = format!("VACUUM INTO '{}'", copy.display());
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut bench.connect().await).await.unwrap();
        };
        runtime.block_on(copying);
        loading.join().unwrap();
    });
    drop(stripe_hooks::SqliteInbox::open(copy).unwrap());
}

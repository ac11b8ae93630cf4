//! PostgreSQL servers of the tests' own: started in a temporary folder, and gone with the process that started them.

use std::{
    env,
    ffi::OsStr,
    fs,
    io::Write,
    net::TcpListener,
    os::unix::fs::chown,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{environment, waiting::WAIT_TIMEOUT};

/// Starts the server, and stops it with the signal in the first line of the standard input. At the
/// end of the input, which comes with the end of the test process, it stops the server at once
/// (`QUIT`) and removes the files: writing them to the disk first would take minutes on a slow disk.
const GUARDIAN_SCRIPT: &str = r#"
    folder=$1; shift
    "$@" > "$folder/log" 2>&1 < /dev/null &
    signal=QUIT; keep=
    read -r signal keep || signal=QUIT
    kill "-$signal" $!
    wait
    [ -n "$keep" ] || rm -rf "$folder"
"#;

/// A server with databases for tests.
pub(crate) struct PostgresCluster {
    bin_folder: PathBuf,
    folder: TempDir,
    user: Option<(u32, u32)>,
    port: u16,
    /// Whether it speaks TLS, with the key and the certificate in its folder.
    uses_tls: bool,
    guardian: Option<Child>,
}

/// Where PostgreSQL's programs are, or `None` when the variable is unset: the test is then to return at once.
pub(crate) fn postgres_programs() -> Option<PathBuf> {
    let [programs] = environment::paths_from_env([environment::POSTGRES_VARIABLE])?;
    assert!(programs.join("initdb").exists(), "{} has no initdb", programs.display());
    Some(programs)
}

/// The server that most tests share, each with a database of its own.
pub(crate) fn shared_cluster() -> Option<&'static PostgresCluster> {
    static SHARED_CLUSTER: LazyLock<Option<PostgresCluster>> = LazyLock::new(|| {
        env::var_os(environment::POSTGRES_VARIABLE).map(|programs| PostgresCluster::start(programs.into()))
    });
    postgres_programs()?;
    SHARED_CLUSTER.as_ref()
}

impl PostgresCluster {
    /// Makes a server, and starts it.
    pub(crate) fn start(programs: PathBuf) -> Self {
        let mut cluster = Self::initialize(programs);
        cluster.launch_on_free_port();
        cluster
    }

    /// Makes a server that proves by a certificate of its own to be `localhost`, and starts it.
    pub(crate) fn start_encrypting(programs: PathBuf) -> Self {
        let mut cluster = Self::initialize(programs);
        cluster.uses_tls = true;
        let made = cluster
            .command("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
            .arg(cluster.folder.path().join("key.pem"))
            .arg("-out")
            .arg(cluster.certificate())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster.launch_on_free_port();
        cluster
    }

    /// Makes a server that asks this role for its password, and starts it.
    pub(crate) fn start_asking(programs: PathBuf, role: &str) -> Self {
        let mut cluster = Self::initialize(programs);
        let rules = cluster.data_folder().join("pg_hba.conf");
        let others = fs::read_to_string(&rules).unwrap();
        fs::write(&rules, format!("host all {role} 127.0.0.1/32 scram-sha-256\n{others}")).unwrap();
        cluster.launch_on_free_port();
        cluster
    }

    /// The certificate of a server that encrypts.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    fn initialize(programs: PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let user = unprivileged_user();
        if let Some((user, group)) = user {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let cluster = Self { bin_folder: programs, folder, user, port: 0, uses_tls: false, guardian: None };
        let data = cluster.data_folder();
        let made = cluster
            .command(cluster.bin_folder.join("initdb"))
            .args([
                "--username=tester",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
                "--pgdata",
            ])
            .arg(data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster
    }

    /// Starts the server at a port that nobody has.
    fn launch_on_free_port(&mut self) {
        for _ in 0..5 {
            // Free a moment ago; when another has taken it meanwhile, the next is tried.
            self.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            if self.try_launch() {
                return;
            }
        }
        panic!("PostgreSQL does not start: {}", fs::read_to_string(self.folder.path().join("log")).unwrap());
    }

    /// Starts the server where it was before.
    pub(crate) fn restart(&mut self) {
        assert!(self.try_launch(), "PostgreSQL does not start again");
    }

    /// Ends the server: `INT` cuts all connections and tidies up, `QUIT` leaves everything as a crash does.
    pub(crate) fn stop(&mut self, signal: &str) {
        let mut guardian = self.guardian.take().unwrap();
        writeln!(guardian.stdin.take().unwrap(), "{signal} keep").unwrap();
        assert!(guardian.wait().unwrap().success());
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The address of a new database.
    pub(crate) fn create_database(&self) -> String {
        static DATABASE_COUNTER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("test_{}", DATABASE_COUNTER.fetch_add(1, Relaxed));
        let made = self
            .command(self.bin_folder.join("createdb"))
            .args(["--host=127.0.0.1", "--username=tester", &format!("--port={}", self.port), &name])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        format!("postgres://tester@127.0.0.1:{}/{name}", self.port)
    }

    fn data_folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Says whether the server came up.
    fn try_launch(&mut self) -> bool {
        let port = self.port.to_string();
        let mut command = self.command("sh");
        command
            .args(["-c", GUARDIAN_SCRIPT, "guardian"])
            .arg(self.folder.path())
            .arg(self.bin_folder.join("postgres"))
            .arg("-D")
            .arg(self.data_folder())
            .args(["-p", &port, "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300", "-k"])
            .arg(self.folder.path());
        if self.uses_tls {
            let setting = |name, file| format!("{name}={}", self.folder.path().join(file).display());
            let [key, certificate] =
                [setting("ssl_key_file", "key.pem"), setting("ssl_cert_file", "certificate.pem")];
            command.args(["-c", "ssl=on", "-c", &key, "-c", &certificate]);
        }
        let guardian = command.stdin(Stdio::piped()).spawn().unwrap();
        self.guardian = Some(guardian);
        let deadline = Instant::now() + WAIT_TIMEOUT;
        while Instant::now() < deadline {
            if self.is_ready() {
                return true;
            }
            if self.read_log().contains("could not bind") {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.stop("INT");
        false
    }

    fn is_ready(&self) -> bool {
        let port = format!("--port={}", self.port);
        let asked = self
            .command(self.bin_folder.join("pg_isready"))
            .args(["--host=127.0.0.1", "--quiet", &port])
            .status();
        asked.unwrap().success() && self.data_folder().join("postmaster.pid").exists()
    }

    fn read_log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// A program, run by somebody as whom the server runs: it refuses the administrator.
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        command_as(self.user, program)
    }
}

/// A program, run by the user with these ids, or by this one.
pub(crate) fn command_as(user: Option<(u32, u32)>, program: impl AsRef<OsStr>) -> Command {
    let Some((user, group)) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command
        .args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".to_owned()])
        .arg(program);
    command.current_dir("/");
    command
}

/// For the administrator, the ids of somebody who is not.
pub(crate) fn unprivileged_user() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    ["postgres", "nobody"].into_iter().find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)))
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        if let Some(mut guardian) = self.guardian.take() {
            drop(guardian.stdin.take());
            let _ = guardian.wait();
        }
    }
}

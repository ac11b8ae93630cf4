//! This process, as other processes and operators see it in the table of processes.

use std::{env, time::Duration};

use super::random;

/// A process that uses an inbox.
#[derive(Debug)]
pub(crate) struct Process {
    /// A random id, because the system uses a process number again after a restart.
    pub(super) id: i64,
    pub(super) host: String,
    pub(super) pid: i64,
    /// File name of the program.
    pub(super) program: String,
}

/// Time without a sign of life after which a process is removed from the table.
pub(super) const MISSING_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// The version of this crate.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Process {
    /// This process, with a new id.
    pub(super) fn current() -> Self {
        let program = env::current_exe().ok();
        let name = program.as_deref().and_then(|path| path.file_name());
        Self {
            id: i64::try_from(random::random_bits() >> 1).unwrap_or_default(),
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            pid: i64::from(std::process::id()),
            program: name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        }
    }
}

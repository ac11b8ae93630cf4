//! File systems of a test's own: small ones, full ones, and one whose disk can be looked at as after a power failure.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::environment;

/// A mounted file system. It is gone with the test.
pub(crate) struct TestFileSystem {
    folder: TempDir,
    device: Option<String>,
}

/// Runs a command of the system, which must succeed.
pub(crate) fn run_program(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl TestFileSystem {
    /// A file system of so many megabytes in memory, or `None` when mounting is not asked for: the test is then to return at once.
    pub(crate) fn in_memory(megabytes: u32) -> Option<Self> {
        if !environment::is_enabled(environment::MOUNTS_VARIABLE) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let point = make_mount_point(&folder);
        run_program(
            "mount",
            &["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs", point.to_str().unwrap()],
        );
        Some(Self { folder, device: None })
    }

    /// A file system on a disk of its own, which is a file; likewise.
    pub(crate) fn on_disk(megabytes: u64) -> Option<Self> {
        if !environment::is_enabled(environment::MOUNTS_VARIABLE) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let disk = fs::File::create(folder.path().join("disk")).unwrap();
        disk.set_len(megabytes << 20).unwrap();
        run_program("mkfs.ext4", &["-q", folder.path().join("disk").to_str().unwrap()]);
        Some(Self::from_folder(folder))
    }

    fn from_folder(folder: TempDir) -> Self {
        let disk = folder.path().join("disk");
        // Past the cache of this machine, so that the file holds what the disk would, and no more.
        let device = run_program("losetup", &["--find", "--show", "--direct-io=on", disk.to_str().unwrap()]);
        // The file system flushes by itself only long after the test.
        run_program("mount", &["-o", "commit=600", &device, make_mount_point(&folder).to_str().unwrap()]);
        Self { folder, device: Some(device) }
    }

    pub(crate) fn mount_point(&self) -> PathBuf {
        self.folder.path().join("mounted")
    }

    /// What is left if the power fails at this moment: the disk as it is, mounted anew.
    pub(crate) fn copy_as_after_power_failure(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(self.folder.path().join("disk"), folder.path().join("disk")).unwrap();
        Self::from_folder(folder)
    }
}

/// Where it is mounted; makes the folder.
fn make_mount_point(folder: &TempDir) -> PathBuf {
    let point = folder.path().join("mounted");
    fs::create_dir_all(&point).unwrap();
    point
}

/// Keeps everybody from changing the file, also those who have it open, or lets them.
pub(crate) fn set_read_only(file: &Path, is_read_only: bool) {
    run_program("chattr", &[if is_read_only { "+i" } else { "-i" }, file.to_str().unwrap()]);
}

impl Drop for TestFileSystem {
    fn drop(&mut self) {
        // Once nobody uses it any more: what a test has opened may close a moment later.
        let _ = Command::new("umount").arg("--lazy").arg(self.mount_point()).status();
        if let Some(device) = &self.device {
            let _ = Command::new("losetup").args(["--detach", device]).status();
        }
    }
}

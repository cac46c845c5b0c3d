//! Processes of a handler that have left its process group, as daemons do.
//!
//! They inherit the environment of the command, in which a value that nobody else has names the run. Linux alone shows
//! the environments of other processes without more ado; elsewhere a daemon is not found.

use super::launch::Ask;

/// A variable whose value no process has that does not stem from the command.
#[derive(Debug, Clone, Default)]
pub(super) struct Strays {
    /// As in an environment; none where nothing tells the command's processes from others.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "there is nothing to look it up in"))]
    mark: Option<Vec<u8>>,
}

impl Strays {
    pub(super) fn new(name: &str, value: &str) -> Self {
        let is_telling = !name.is_empty() && !value.is_empty();
        Strays { mark: is_telling.then(|| format!("{name}={value}").into_bytes()) }
    }

    /// Whether there is one outside the group of `leader`.
    pub(super) fn any(&self, leader: u32) -> bool {
        !self.outside(leader).is_empty()
    }

    /// Asks or tells those outside the group of `leader` to end.
    pub(super) fn end(&self, leader: u32, ask: Ask) {
        for process in self.outside(leader) {
            process.end(ask);
        }
    }

    #[cfg(target_os = "linux")]
    fn outside(&self, leader: u32) -> Vec<Process> {
        use rustix::process::{Pid, getpgid};
        let Some(mark) = &self.mark else { return Vec::new() };
        let leader = i32::try_from(leader).ok().and_then(Pid::from_raw);
        let entries = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
        let is_ours = |id: &Pid| {
            // One that has ended meanwhile, or is somebody else's, cannot be read.
            let environment =
                std::fs::read(format!("/proc/{}/environ", id.as_raw_nonzero())).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == mark)
        };
        let ids =
            entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok().and_then(Pid::from_raw));
        ids.filter(is_ours).filter(|id| getpgid(Some(*id)).ok() != leader).map(Process).collect()
    }

    #[cfg(not(target_os = "linux"))]
    fn outside(&self, _leader: u32) -> Vec<Process> {
        Vec::new()
    }
}

/// A process that was found.
#[cfg(target_os = "linux")]
struct Process(rustix::process::Pid);

#[cfg(target_os = "linux")]
impl Process {
    fn end(&self, ask: Ask) {
        use rustix::process::{Signal, kill_process};
        let signal = match ask {
            Ask::Politely => Signal::TERM,
            Ask::Kill => Signal::KILL,
        };
        // An error means that it has ended meanwhile.
        let _ = kill_process(self.0, signal);
    }
}

/// What cannot be found.
#[cfg(not(target_os = "linux"))]
enum Process {}

#[cfg(not(target_os = "linux"))]
impl Process {
    fn end(&self, _ask: Ask) {
        match *self {}
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn without_a_mark_every_process_is_somebody_elses() {
        assert!(!Strays::default().any(1));
        assert!(!Strays::new("", "").any(1));
        assert!(!Strays::new("GWH_TEST_PROCESSED", "").any(1));
        assert!(!Strays::new("GWH_TEST_PROCESSED", "a value that nobody has").any(1));
    }
}

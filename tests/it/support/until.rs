//! Waiting for what can only be asked: the end of a process, a file, what a server has counted.

use std::fmt::Display;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use super::DEADLINE;

/// Between two questions. Asking without a pause would take the processor from what is waited for.
const PAUSE: Duration = Duration::from_millis(1);

/// Asks until there is an answer. Without one before the deadline, the last reason fails the test.
pub fn until<T, E: Display>(mut ask: impl FnMut() -> Result<T, E>) -> T {
    let start = Instant::now();
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(reason) => assert!(start.elapsed() < DEADLINE, "{reason}"),
        }
        thread::sleep(PAUSE);
    }
}

/// Waits for the end of a process.
pub fn until_ended(child: &mut Child) -> ExitStatus {
    until(|| child.try_wait().expect("can be waited for").ok_or("the process did not end"))
}

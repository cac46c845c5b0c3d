//! The async runtime, started only by the commands that need one.
//!
//! One thread: verifying is far cheaper than the system calls around it, and a current-thread runtime
//! measured at least as fast for `listen` as two threads.

use std::future::Future;

use crate::error::Failure;

/// Runs `future` to its end on a runtime of its own.
///
/// # Errors
/// Kind `Bug` where the operating system refuses what a runtime needs; else what the future answers.
pub fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::configuration("cannot start the network runtime").because(error))?;
    let result = runtime.block_on(future);
    // A blocking task may be stuck in a slow resolver; it must not hold the exit up.
    runtime.shutdown_background();
    result
}

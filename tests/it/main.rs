//! The integration tests: one binary, one file per command, and what they share in `support`.
//!
//! Most run commands in process through `gwh::run`, with a fixed clock, seeded randomness and captured
//! streams. The real binary is started only for what needs a process: signals, terminals, pipes.

mod support;

mod emulator;
mod listen;
mod listen_ci;
#[cfg(target_os = "linux")]
mod listen_hostile;
mod listen_output;
#[cfg(unix)]
mod listen_process;
mod secrets;
mod server;
mod signature;
mod trigger;

//! The integration tests: one binary, one file per command, and what they share in `support`.
//!
//! Most run commands in process through `gwh::run`, with a fixed clock, seeded randomness and captured
//! streams. The real binary is started only for what needs a process: signals, terminals, pipes.

mod support;

mod signature;
mod trigger;

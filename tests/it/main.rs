//! The integration tests: one binary, one file per command, and what they share in `support`.
//!
//! Most run commands in process through `gwh::run`, with a fixed clock, seeded randomness and captured
//! streams. The real binary is started only for what needs a process: signals, terminals, pipes.

mod store;
mod support;

mod attacks;
mod completions;
mod config;
mod demo;
mod doctor;
mod emulator;
mod events;
mod exit_codes;
mod forward;
mod generated;
mod handlers_doc;
mod help;
mod jobs;
mod jwt_attacks;
mod key_sets;
mod key_sets_kept;
mod keys;
mod listen;
mod listen_certificates;
mod listen_ci;
#[cfg(target_os = "linux")]
mod listen_hostile;
mod listen_keys;
mod listen_output;
#[cfg(unix)]
mod listen_process;
mod listen_public;
mod listen_tls;
mod login;
mod logout;
#[cfg(unix)]
mod readme;
mod reasons;
mod replay;
mod resolve;
mod secret_leak;
mod secrets;
mod server;
mod server_tls;
mod sign;
mod signature;
mod signing;
#[cfg(unix)]
mod terminal;
mod test;
mod tidy;
mod trigger;
mod verifier_mutations;
mod verify;
mod verify_forms;
mod verify_jsonl;
mod webhooks;

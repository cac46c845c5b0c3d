//! The commands: one file each, a folder where a command has subcommands.

pub mod args;
mod bind;
pub mod completions;
pub mod config;
pub mod demo;
pub mod emulator;
pub mod keys;
pub mod listen;
pub mod login;
pub mod logout;
mod ready_file;
pub mod secrets;
pub mod sign;
pub mod test;
pub mod trigger;
pub mod verify;
pub mod webhooks;

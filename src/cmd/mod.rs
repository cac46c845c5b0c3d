//! The commands: one file each, a folder where a command has subcommands.

pub mod args;
mod bind;
pub mod completions;
pub mod config;
pub mod demo;
mod destination;
pub mod emulator;
mod endpoint;
pub mod events;
pub mod jobs;
pub mod keys;
pub mod listen;
pub mod login;
pub mod logout;
mod ready_file;
pub mod secrets;
pub mod sign;
mod status;
pub mod trigger;
pub mod verify;
pub mod webhooks;

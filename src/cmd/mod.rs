//! The commands: one file each, a folder where a command has subcommands.

pub mod args;
mod bind;
pub mod completions;
pub mod config;
pub mod demo;
mod destination;
pub mod emulator;
mod endpoint;
mod event_name;
pub mod events;
pub mod jobs;
mod key_sets;
pub mod keys;
pub mod listen;
pub mod login;
pub mod logout;
mod ready_file;
pub mod replay;
mod resolution;
pub mod secrets;
mod sending;
pub mod sign;
mod status;
pub mod test;
pub mod trigger;
pub mod verify;
pub mod webhooks;

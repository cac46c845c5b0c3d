//! What commands that send deliveries share: what is printed of them, how they are counted, how the command
//! ends.

mod report;
mod tally;

pub(in crate::cmd) use report::{Report, Sent, Subject, Unsent};

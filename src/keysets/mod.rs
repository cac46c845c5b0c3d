//! Key sets of dynamic webhooks: fetched when a delivery needs them, kept on disk, renewed in time.
//!
//! A [`KeySet`] is one URL that the user or the environment names; a message never names one. Its copy is a
//! file of the profile, so that verifying works without a network and several processes share it.
//! [`Sources`] are the sets together with the keys of this machine: all that a delivery is verified with.
//! Nothing here is fetched unless [`Sources::fetch`] or [`KeySet::fetch`] is called.

mod copies;
mod copy;
mod freshness;
mod set;
mod sources;

pub use copies::{CopyFile, copies_in};
pub use set::{FetchError, KeySet, Renewed, Snapshot, Standing};
pub use sources::{SetsMark, Sources};

//! The store under `listen`: what was acknowledged is there, whatever happens.

mod bounds;
mod document;
#[cfg(unix)]
mod durability;
mod faults;
mod opening;
mod restart;

use std::ops::ControlFlow;
use std::path::PathBuf;

use gwh::store::{Query, Store, Stored};

use crate::support::Sandbox;

/// The folder of the sandbox's profile.
fn folder(sandbox: &Sandbox) -> PathBuf {
    sandbox.path().join("home/.local/share/gwh/profiles/default")
}

/// Everything in the sandbox's store, newest first.
fn everything(sandbox: &Sandbox) -> Vec<Stored> {
    let store = Store::open_existing(&folder(sandbox)).expect("opens").expect("is there");
    let mut summaries = Vec::new();
    let all = store.each(&Query::default(), |summary| {
        summaries.push(summary);
        ControlFlow::Continue(())
    });
    all.expect("reads");
    summaries.into_iter().map(|one| store.load(one).expect("reads").expect("is there")).collect()
}

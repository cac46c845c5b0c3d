//! The key sets that commands use, and what it means for a command that one cannot be had.

use crate::error::Failure;
use crate::gemini::KeySetPlace;
use crate::keysets::{FetchError, KeySet, Sources};
use crate::secrets::KeySources;
use crate::session::Session;
use crate::signature::{KeySetState, UnusableKey};
use crate::ui::{Ui, sanitize};

/// The set at a URL that the user named.
///
/// # Errors
/// Kind `Usage` where it is no URL of a key set.
pub(super) fn named(session: &Session, url: &str) -> Result<KeySet, Failure> {
    Ok(at(session, KeySetPlace::named(url)?, true))
}

/// Warns of a set that does not come over HTTPS, unless it is this machine's.
pub(super) fn warn_of_tampering(session: &Session, set: &KeySet) {
    if set.place().is_open_to_tampering() {
        let url = sanitize::text(set.place().url());
        session.ui.warn(&format!("{url} is not HTTPS: anybody on the way can put in other keys"));
    }
}

/// Warns of keys in a set that never verify.
pub(super) fn warn_of_unusable(session: &Session, set: &str, keys: &[UnusableKey]) {
    for key in keys {
        session.ui.warn(&format!("of the key set {}, {key}: it is passed over", sanitize::text(set)));
    }
}

/// The set of the API that the environment names, else of the service.
///
/// # Errors
/// Kind `Configuration` where the base URL cannot be used.
pub(super) fn of_api(session: &Session) -> Result<KeySet, Failure> {
    Ok(at(session, KeySetPlace::of_api(&session.env)?, false))
}

/// The set at a place, which the user named or the environment.
///
/// Verifying must go on where nothing can be kept, so a profile without a folder is no failure here.
pub(super) fn at(session: &Session, place: KeySetPlace, is_named: bool) -> KeySet {
    let folder = session.profile_folder().ok();
    KeySet::new(place, is_named, folder.as_deref(), session.env.clone(), session.clock.clone())
}

/// These keys and the API's set. A base URL that cannot be used must not keep static webhooks from being
/// verified, so it only makes the set one that cannot be had.
pub(super) fn with_api_set(local: KeySources, session: &Session) -> Sources {
    match KeySetPlace::of_api(&session.env) {
        Ok(place) => Sources::new(local, vec![at(session, place, false)]),
        Err(failure) => {
            let missing = Some(format!("cannot be named: {failure}").into());
            let set = KeySetState { name: "JWKS".into(), url: "of the API".into(), missing };
            Sources::from(local).with_broken(set)
        }
    }
}

/// Says, where that is wanted, that a set is fetched.
pub(super) fn trace(ui: &Ui, set: &KeySet) {
    ui.trace(&format!("GET {}", sanitize::text(set.place().url())));
}

/// What to tell of a set that could not be had a moment ago, so that it is not asked for again yet.
pub(super) fn recent_failure(set: &KeySet, why: &str) -> Failure {
    let url = set.place().url();
    Failure::remote(format!("the key set {url} could not be fetched a moment ago: {why}"))
        .hint(format!("to try again at once: gwh keys fetch {url}"))
        .hint("or give the set as a file with --jwks FILE")
}

/// What to tell of a set that could not be had.
pub(super) fn failure(set: &KeySet, error: FetchError) -> Failure {
    let url = set.place().url();
    let redirects = matches!(&error, FetchError::Remote(crate::gemini::KeySetError::Redirect(_)));
    let failure = match error {
        FetchError::Remote(_) | FetchError::Busy => {
            Failure::remote(format!("cannot fetch the key set {url}")).because(error)
        }
        FetchError::Unusable(_) => {
            Failure::configuration(format!("cannot use the key set {url}")).because(error)
        }
    };
    if redirects {
        return failure.hint("give the URL that it leads to, if you trust it, to --jwks or gwh keys fetch");
    }
    failure.hint("give the set to gwh verify or gwh listen as a file, with --jwks FILE")
}

//! Where deliveries are sent to when a command leaves it open.

use hyper::Uri;

use crate::config::{self, Origin};
use crate::deliver::Target;
use crate::error::Failure;
use crate::session::Session;

/// The URL that `--to`, or else the setting, names.
///
/// # Errors
/// Kind `Configuration` where the setting is no place to send to.
pub fn destination(to: Option<&Target>, session: &Session) -> Result<Uri, Failure> {
    let setting = session.config.required(&config::TRIGGER_TO, None);
    let default: Uri = config::TRIGGER_TO.default.parse().expect("the default is a URL");
    if let Some(Target::Url(url)) = to {
        return Ok(url.clone());
    }
    let base = Target::parse(&setting).map_err(|problem| {
        Failure::configuration(format!("{} is not a place to send to: {problem}", config::TRIGGER_TO.key))
            .hint("run gwh config show --origin to see where it is set")
    })?;
    let base = base.on(&default);
    Ok(to.map_or(base.clone(), |target| target.on(&base)))
}

/// As [`destination`], where `--to` or the setting names a place; none where only the default is left.
///
/// # Errors
/// As [`destination`].
pub fn named_destination(to: Option<&Target>, session: &Session) -> Result<Option<Uri>, Failure> {
    let is_named = to.is_some() || *session.config.origin(&config::TRIGGER_TO) != Origin::Default;
    is_named.then(|| destination(to, session)).transpose()
}

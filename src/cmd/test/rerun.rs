//! The command that runs one case again.

use hyper::Uri;

use super::args::Test;
use crate::conformance::Tested;
use crate::deliver::Target;
use crate::env;
use crate::request::shell;
use crate::signature::Scheme;

/// The words that name the handler and its keys as this run had them.
pub(super) struct Rerun {
    words: Vec<String>,
}

impl Rerun {
    pub(super) fn new(url: &Uri, args: &Test) -> Self {
        let mut words = vec!["gwh".to_owned(), "test".to_owned()];
        match &args.url {
            None => {}
            Some(Target::Path(path)) => words.push(shell::word(path.as_str())),
            Some(Target::Url(_)) => words.push(shell::word(&url.to_string())),
        }
        let mut flag = |name: &str, value: &str| words.push(format!("{name} {}", shell::word(value)));
        if let Some(command) = &args.handler.start {
            flag("--start", command);
        }
        if args.handler.jwks_env != env::GWH_TEST_JWKS_URL {
            flag("--jwks-env", &args.handler.jwks_env);
        }
        if let Some(audience) = &args.signing.audience {
            flag("--audience", audience);
        }
        if args.signing.jwks_port != 0 {
            flag("--jwks-port", &args.signing.jwks_port.to_string());
        }
        let secrets = &args.signing.secrets;
        secrets.webhook.iter().for_each(|name| flag("--webhook", name));
        secrets.secret_env.iter().for_each(|name| flag("--secret-env", name));
        secrets.secret_file.iter().for_each(|file| flag("--secret-file", &file.display().to_string()));
        Rerun { words }
    }

    /// The command for a case.
    pub(super) fn of(&self, tested: &Tested) -> String {
        let mut words = self.words.clone();
        if tested.scheme != Scheme::V1 {
            words.push(format!("--scheme {}", tested.scheme.name()));
        }
        words.push(format!("--only {}", tested.case.id));
        words.join(" ")
    }
}

//! `gwh keys jwks`.

use clap::Args;

use crate::error::{Exit, Failure};
use crate::secrets::rsa_public_key;
use crate::session::Session;
use crate::signature::write_jwks;

/// Print the public half of the local test keys as a JSON Web Key Set
///
/// A handler that is given this set accepts what `gwh trigger --scheme v1a` and `--scheme jwt` send.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gwh keys jwks > test-keys.json")]
pub struct Jwks {}

/// Prints the set; makes the keys that are missing.
///
/// # Errors
/// Kind `Configuration` where the keys cannot be read or made.
pub fn run(_args: Jwks, session: &Session) -> Result<Exit, Failure> {
    let identity = session.local_identity()?;
    session.ui.line(&write_jwks([&identity.ed25519_public_key()?, &rsa_public_key(&identity.rsa()?)]))?;
    Ok(Exit::Done)
}

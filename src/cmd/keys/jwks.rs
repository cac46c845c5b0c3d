//! `gwh keys jwks`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use zeroize::Zeroizing;

use crate::error::{Exit, Failure};
use crate::secrets::{parse_material, rsa_public_key};
use crate::session::Session;
use crate::signature::{NamedPublicKey, write_jwks};

/// Print the public half of the local test keys, or of the keys in files, as a JSON Web Key Set
///
/// A handler that is given this set accepts what gwh trigger --scheme v1a and --scheme jwt send. To serve it
/// to a handler that fetches its keys, write it into a folder and serve that with any web server; gwh emulator
/// serves the set of the local test keys at /.well-known/jwks.json.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh keys jwks > test-keys.json
  gwh keys jwks --secret-file test-keys/ed25519.key > www/jwks.json
  python3 -m http.server -d www 8000")]
pub struct Jwks {
    /// Print the public halves of the keys in this file, or on stdin for -, instead (repeatable)
    #[arg(long, value_name = "FILE")]
    secret_file: Vec<PathBuf>,
}

/// Prints the set; makes the test keys that are missing.
///
/// # Errors
/// Kind `Configuration` where the keys cannot be read or made, or a file holds no key with a public half.
pub fn run(args: &Jwks, session: &Session) -> Result<Exit, Failure> {
    let keys = if args.secret_file.is_empty() {
        let identity = session.local_identity()?;
        vec![identity.ed25519_public_key()?, rsa_public_key(&identity.rsa()?)]
    } else {
        let keys =
            args.secret_file.iter().map(|file| public_keys(session, file)).collect::<Result<Vec<_>, _>>()?;
        keys.into_iter().flatten().collect()
    };
    session.ui.line(&write_jwks(&keys))?;
    Ok(Exit::Done)
}

fn public_keys(session: &Session, file: &Path) -> Result<Vec<NamedPublicKey>, Failure> {
    let name: Arc<str> =
        if file == Path::new("-") { "stdin".into() } else { file.display().to_string().into() };
    let text = Zeroizing::new(session.read_input(Some(file))?);
    let text = str::from_utf8(&text).map_err(|_| Failure::configuration(format!("{name} is not text")))?;
    let keys = parse_material(text, &name)?.into_iter().map(|material| {
        material.public_key(name.clone(), None).ok_or_else(|| {
            Failure::configuration(format!("{name} holds an HMAC secret, which has no public half"))
                .hint("gwh keys generate makes keys that have one")
        })
    });
    keys.collect()
}

//! `gwh keys generate`.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;
use zeroize::Zeroizing;

use super::row::Row;
use crate::error::{Exit, Failure};
use crate::files;
use crate::request::shell;
use crate::session::Session;
use crate::signature::{Ed25519SigningKey, NamedPublicKey, PublicKey, RsaSigningKey, write_jwks};

/// The file with the public halves.
const JWKS_FILE: &str = "jwks.json";

/// Make fresh test keys in a folder: private halves for signing, and their key set
///
/// The folder gets ed25519.key and rsa.pem, which only you may read, and jwks.json, the set to serve to your
/// handler. gwh sign and gwh trigger sign with a private half given by --secret-file. The keys are for tests;
/// those that the profile already has are printed by gwh keys jwks.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh keys generate --out test-keys
  python3 -m http.server -d test-keys 8000      and in another shell:
  gwh listen --jwks http://127.0.0.1:8000/jwks.json
  gwh trigger batch.succeeded --scheme v1a --secret-file test-keys/ed25519.key")]
pub struct Generate {
    /// The folder, which is made where there is none; no file in it is replaced
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Make keys of this type only [default: both]
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<KeyType>,
    /// Publish the RSA key with this kid; the tokens that gwh signs with it name none
    #[arg(long, value_name = "NAME")]
    kid: Option<String>,
}

/// A type of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KeyType {
    /// Ed25519, for v1a
    Ed25519,
    /// RSA of 2048 bits, for JWTs
    Rsa,
}

/// The object of `--json`.
#[derive(Serialize)]
struct Generated {
    #[serde(rename = "type")]
    kind: &'static str,
    /// The files with private halves.
    private: Vec<String>,
    jwks: String,
    keys: Vec<Row>,
}

/// Makes the keys.
///
/// # Errors
/// Kind `Configuration` where the folder is none, a file is there already or cannot be written.
pub fn run(args: &Generate, session: &Session) -> Result<Exit, Failure> {
    let folder = session.directory.join(&args.out);
    if folder.exists() && !folder.is_dir() {
        return Err(Failure::configuration(format!("{} is no folder", args.out.display()))
            .hint("name another folder with --out"));
    }
    let mut keys: Vec<(&str, Zeroizing<String>, NamedPublicKey)> = Vec::new();
    if args.kind != Some(KeyType::Rsa) {
        let mut seed = Zeroizing::new([0u8; 32]);
        session.random.fill(seed.as_mut_slice());
        let key = Ed25519SigningKey::from_seed(&seed);
        let public = NamedPublicKey::new("generated", None, PublicKey::Ed25519(key.public_key()));
        keys.push(("ed25519.key", Zeroizing::new(format!("{}\n", *key.expose())), public));
    }
    if args.kind != Some(KeyType::Ed25519) {
        let key = RsaSigningKey::generate()
            .map_err(|error| Failure::bug("cannot make an RSA key").because(error))?;
        let public =
            NamedPublicKey::new("generated", args.kid.clone(), PublicKey::Rsa(key.public_key().clone()));
        keys.push(("rsa.pem", Zeroizing::new(key.expose().to_owned()), public));
    }
    let names = keys.iter().map(|(name, ..)| *name).chain([JWKS_FILE]);
    if let Some(name) = names.clone().find(|name| folder.join(name).symlink_metadata().is_ok()) {
        return Err(failed(&args.out, name, ErrorKind::AlreadyExists.into()));
    }
    for (name, text, _) in &keys {
        files::create(&folder, name, text.as_bytes()).map_err(|error| failed(&args.out, name, error))?;
    }
    let jwks = write_jwks(keys.iter().map(|(.., public)| public));
    write_public(&folder.join(JWKS_FILE), &jwks).map_err(|error| failed(&args.out, JWKS_FILE, error))?;
    report(args, &keys, session)
}

/// Others may read it: it is made to be served.
fn write_public(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n"))
}

fn failed(folder: &Path, name: &str, error: io::Error) -> Failure {
    let path = folder.join(name).display().to_string();
    match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::configuration(format!("{path} is there already, and no key is replaced"))
                .hint("name another folder with --out")
        }
        _ => Failure::configuration(format!("cannot write {path}")).because(error),
    }
}

fn report(
    args: &Generate,
    keys: &[(&str, Zeroizing<String>, NamedPublicKey)],
    session: &Session,
) -> Result<Exit, Failure> {
    let path = |name: &str| args.out.join(name).display().to_string();
    let files: Vec<String> = keys.iter().map(|(name, ..)| path(name)).collect();
    if session.ui.json() {
        let rows = keys.iter().map(|(.., public)| Row::of(public)).collect();
        let (private, jwks) = (files, path(JWKS_FILE));
        session.ui.object(&Generated { kind: "generated", private, jwks, keys: rows })?;
        return Ok(Exit::Done);
    }
    for file in &files {
        session.ui.line(file)?;
    }
    session.ui.line(&path(JWKS_FILE))?;
    let scheme = if args.kind == Some(KeyType::Rsa) { "jwt" } else { "v1a" };
    session.ui.note(&format!(
        "sign:   gwh trigger batch.succeeded --scheme {scheme} --secret-file {}",
        shell::word(&files[0])
    ));
    session.ui.note(&format!("verify: gwh listen --jwks {}", shell::word(&path(JWKS_FILE))));
    Ok(Exit::Done)
}

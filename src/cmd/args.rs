//! Arguments that several commands share, and what they mean: which keys verify, which key signs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING};
use zeroize::Zeroizing;

use super::key_sets;
use crate::config;
use crate::env;
use crate::error::Failure;
use crate::keysets::Sources;
use crate::secrets::{KeySources, LOCAL, Material, RSA_KID, parse_material};
use crate::session::Session;
use crate::signature::{Keys, NamedPublicKey, NamedSecret, Policy, Scheme, Signer, parse_jwks};
use crate::units;

/// Where secrets come from. A secret itself is never an argument: other users could read it there.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Secrets and keys")]
pub struct SecretArgs {
    /// Read signing secrets from this file, or from stdin for - (repeatable)
    #[arg(long, value_name = "FILE")]
    pub secret_file: Vec<PathBuf>,
    /// Read signing secrets from this environment variable (repeatable)
    #[arg(long, value_name = "NAME")]
    pub secret_env: Vec<String>,
    /// Use the stored secrets of this webhook, or local for the test secret (repeatable)
    #[arg(long, value_name = "ID|NAME")]
    pub webhook: Vec<String>,
}

/// Refuses two readers of stdin: the second one would find it empty.
///
/// # Errors
/// Kind `Usage`, naming both.
pub fn single_stdin<'a>(readers: impl IntoIterator<Item = (bool, &'a str)>) -> Result<(), Failure> {
    let mut reading = readers.into_iter().filter(|(reads, _)| *reads).map(|(_, name)| name);
    match (reading.next(), reading.next()) {
        (Some(first), Some(second)) => {
            Err(Failure::usage(format!("{first} and {second} both read stdin, which can be read only once"))
                .hint("name a file for one of them"))
        }
        _ => Ok(()),
    }
}

/// What verifies deliveries.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Secrets and keys")]
pub struct VerifyArgs {
    /// Where secrets come from.
    #[command(flatten)]
    pub secrets: SecretArgs,
    /// Verify dynamic webhooks with the key set of this file or URL, not the API's (repeatable)
    #[arg(long, value_name = "URL|FILE")]
    pub jwks: Vec<String>,
    /// Use no key set: refuse dynamic webhooks that no key given here verifies
    #[arg(long, conflicts_with = "jwks")]
    pub no_jwks: bool,
    /// The audience that a JWT must name [env: GWH_AUDIENCE]
    #[arg(long, value_name = "NAME")]
    pub audience: Option<String>,
    /// Refuse a JWT whose claims do not tie it to the body
    #[arg(long)]
    pub require_body_binding: bool,
    /// How far a timestamp may be from now, either way [env: GWH_TOLERANCE] [default: 5m]
    #[arg(long, value_name = "DURATION", value_parser = units::duration, allow_hyphen_values = true)]
    pub tolerance: Option<std::time::Duration>,
}

impl VerifyArgs {
    /// The policy at `now`, in Unix seconds.
    pub fn policy(&self, session: &Session, now: i64) -> Policy {
        Policy {
            now,
            tolerance: session.config.required(&config::TOLERANCE, self.tolerance),
            check_timestamp: true,
            audience: session.config.get(&config::AUDIENCE, self.audience.clone()),
            require_body_binding: self.require_body_binding,
        }
    }

    /// Whether nothing else is given, so that the local test identity and the secret store count.
    pub fn uses_local_identity(&self, session: &Session) -> bool {
        !self.secrets.is_given(session) && self.jwks.is_empty()
    }

    /// The same, with the stored secrets of one more webhook.
    pub fn with_webhook(&self, session: &Session, id: &str) -> Self {
        let mut all = self.clone();
        if self.uses_local_identity(session) {
            // Everything that is stored counts.
            return all;
        }
        if !self.secrets.is_given_by_flag() && self.secrets.is_given(session) {
            all.secrets.secret_env.push(env::WEBHOOK_SIGNING_SECRET.to_owned());
        }
        all.secrets.webhook.push(id.to_owned());
        all
    }

    /// The keys of this machine that count: those given by flag, else those of the environment, else the
    /// secret store and the local test identity, but for its RSA key. What can be read without waiting
    /// stays known for explaining.
    ///
    /// # Errors
    /// Kind `Configuration` where a source cannot be read or holds no key.
    pub fn keys(&self, session: &Session) -> Result<Keys, Failure> {
        self.sources(session)?.local().read_without_rsa()
    }

    /// Where the keys that count come from: [`VerifyArgs::keys`] and key sets. What is given by file or
    /// variable is read here and once; what is stored is read with the sources, as often as they are.
    /// A key set is fetched only once a delivery needs it.
    ///
    /// # Errors
    /// As [`VerifyArgs::keys`], of what is read here.
    pub fn sources(&self, session: &Session) -> Result<Sources, Failure> {
        if self.uses_local_identity(session) {
            let local = KeySources::profile(session.opening()?, session.local_identity()?);
            return self.with_sets(local, true, session);
        }
        let mut keys = Keys { known: known_secrets(session), ..Keys::default() };
        let (stored, local): (Vec<_>, Vec<_>) =
            self.secrets.webhook.iter().cloned().partition(|webhook| webhook != LOCAL);
        let given = SecretArgs { webhook: local, ..self.secrets.clone() };
        let material = if stored.is_empty() { given.material(session)? } else { given.by_flag(session)? };
        for (name, material) in material {
            match material {
                Material::Hmac(secret) => keys.secrets.push(secret),
                other => keys.public_keys.extend(other.public_key(name, None)),
            }
        }
        // Whoever gives keys for dynamic webhooks has said whose deliveries to trust.
        let wants_api = keys.public_keys.is_empty();
        for source in self.jwks.iter().filter(|source| !is_url(source)) {
            keys.public_keys.extend(read_jwks(session, source)?);
        }
        let local = match stored.is_empty() {
            true => KeySources::fixed(keys),
            false => KeySources::given(keys, session.opening()?, stored),
        };
        self.with_sets(local, wants_api, session)
    }

    /// Adds the key sets: those whose URLs are given, else, where that is wanted, the API's own.
    fn with_sets(&self, local: KeySources, wants_api: bool, session: &Session) -> Result<Sources, Failure> {
        let urls: Vec<&String> = self.jwks.iter().filter(|source| is_url(source)).collect();
        if !urls.is_empty() {
            let named = |url: &String| {
                let set = key_sets::named(session, url)?;
                key_sets::warn_of_tampering(session, &set);
                Ok(set)
            };
            let sets = urls.into_iter().map(named).collect::<Result<_, Failure>>()?;
            return Ok(Sources::new(local, sets));
        }
        if !wants_api || self.no_jwks || !self.jwks.is_empty() {
            return Ok(local.into());
        }
        Ok(key_sets::with_api_set(local, session))
    }
}

fn is_url(source: &str) -> bool {
    source.starts_with("http://") || source.starts_with("https://")
}

/// Secrets for explaining a mismatch: the identity's, and those that are stored where nothing has to be
/// waited for. Trouble with them is no reason to fail.
pub(super) fn known_secrets(session: &Session) -> Vec<NamedSecret> {
    let identity = session.local_identity().and_then(|identity| identity.existing_secret());
    let stored = session.webhook_secrets().map(|secrets| secrets.explaining_secrets());
    identity.ok().flatten().into_iter().chain(stored.unwrap_or_default()).collect()
}

/// The secrets of a webhook, newest first, among them those that a rotation has ended.
fn stored_secrets(session: &Session, webhook: &str) -> Result<Vec<NamedSecret>, Failure> {
    if webhook == LOCAL {
        return Ok(vec![session.local_identity()?.secret()?]);
    }
    session.webhook_secrets()?.named_secrets_of(webhook)
}

fn read_jwks(session: &Session, file: &str) -> Result<Vec<NamedPublicKey>, Failure> {
    let text = session.read_input(Some(Path::new(file)))?;
    let jwks = parse_jwks(&text, &file.into())
        .map_err(|error| Failure::configuration(format!("cannot use the key set {file}")).because(error))?;
    if let Some(lack) = jwks.lack() {
        return Err(Failure::configuration(format!("the key set {file} {lack}")));
    }
    key_sets::warn_of_unusable(session, file, &jwks.unusable);
    Ok(jwks.keys)
}

impl SecretArgs {
    /// Everything that the flags name, or, without flags, `WEBHOOK_SIGNING_SECRET`; each with the
    /// name it is reported under.
    ///
    /// # Errors
    /// Kind `Configuration` where a source cannot be read or holds no key.
    pub fn material(&self, session: &Session) -> Result<Vec<(Arc<str>, Material)>, Failure> {
        let mut all = self.by_flag(session)?;
        if all.is_empty()
            && let Some(text) = session.env.text(env::WEBHOOK_SIGNING_SECRET)
        {
            let name: Arc<str> = env::WEBHOOK_SIGNING_SECRET.into();
            all.extend(parse_material(text, &name)?.into_iter().map(|material| (name.clone(), material)));
        }
        Ok(all)
    }

    fn by_flag(&self, session: &Session) -> Result<Vec<(Arc<str>, Material)>, Failure> {
        let mut all = Vec::new();
        for file in &self.secret_file {
            let name: Arc<str> =
                if file == Path::new("-") { "stdin".into() } else { file.display().to_string().into() };
            let text = Zeroizing::new(session.read_input(Some(file))?);
            let text =
                str::from_utf8(&text).map_err(|_| Failure::configuration(format!("{name} is not text")))?;
            all.extend(parse_material(text, &name)?.into_iter().map(|material| (name.clone(), material)));
        }
        for variable in &self.secret_env {
            let text = session.env.text(variable).ok_or_else(|| {
                Failure::configuration(format!("--secret-env {variable}: the variable is not set"))
                    .hint("give the name of a variable that holds the secret, never the secret itself")
            })?;
            let name: Arc<str> = variable.as_str().into();
            all.extend(parse_material(text, &name)?.into_iter().map(|material| (name.clone(), material)));
        }
        for webhook in &self.webhook {
            let name: Arc<str> = webhook.as_str().into();
            let secrets = stored_secrets(session, webhook)?;
            all.extend(secrets.into_iter().map(|secret| (name.clone(), Material::Hmac(secret))));
        }
        Ok(all)
    }

    /// Whether a flag or the environment names secrets, so that the local test identity does not count.
    pub fn is_given(&self, session: &Session) -> bool {
        self.is_given_by_flag() || session.env.text(env::WEBHOOK_SIGNING_SECRET).is_some()
    }

    fn is_given_by_flag(&self) -> bool {
        let SecretArgs { secret_file, secret_env, webhook } = self;
        !secret_file.is_empty() || !secret_env.is_empty() || !webhook.is_empty()
    }

    /// Whether the secrets take stdin, so that nothing else may.
    pub fn reads_stdin(&self) -> bool {
        self.secret_file.iter().any(|file| file == Path::new("-"))
    }

    /// What signs a delivery of `scheme`: the keys given, else the local test identity's.
    ///
    /// # Errors
    /// As [`SecretArgs::material`]; kind `Configuration` where only keys of other schemes are given by flag.
    pub fn signer(
        &self,
        session: &Session,
        scheme: Scheme,
        audience: Option<String>,
    ) -> Result<Signer, Failure> {
        let material = self.material(session)?;
        let (mut secrets, mut ed25519, mut rsa) = (Vec::new(), Vec::new(), None);
        for (_, material) in material {
            match material {
                Material::Hmac(named) if !named.is_live(session.now()) => {}
                Material::Hmac(named) => secrets.push(named.secret),
                Material::Ed25519Private(key) => ed25519.push(key),
                Material::RsaPrivate(key) => rsa = Some(key),
                Material::Ed25519Public(_) => {}
            }
        }
        let by_flag = self.is_given_by_flag();
        let missing = |wanted: &str| {
            Err(Failure::configuration(format!(
                "the secrets given hold no {wanted}, which {} needs",
                scheme.name()
            ))
            .hint("leave --secret-file, --secret-env and --webhook out to sign with the local test keys"))
        };
        match (scheme, rsa) {
            (Scheme::V1, _) if !secrets.is_empty() => Ok(Signer::V1(secrets)),
            (Scheme::V1a, _) if !ed25519.is_empty() => Ok(Signer::V1a(ed25519)),
            (Scheme::Jwt, Some(key)) => Ok(Signer::Jwt { key, kid: None, audience }),
            (Scheme::V1, _) if by_flag => missing("HMAC secret (whsec_…)"),
            (Scheme::V1a, _) if by_flag => missing("Ed25519 private key (whsk_…)"),
            (Scheme::Jwt, None) if by_flag => missing("RSA private key (PEM)"),
            _ => local_signer(session, scheme, audience),
        }
    }
}

fn local_signer(session: &Session, scheme: Scheme, audience: Option<String>) -> Result<Signer, Failure> {
    let identity = session.local_identity()?;
    Ok(match scheme {
        Scheme::V1 => Signer::V1(vec![identity.secret()?.secret]),
        Scheme::V1a => Signer::V1a(vec![identity.ed25519()?]),
        Scheme::Jwt => {
            Signer::Jwt { key: Box::new(identity.rsa()?), kid: Some(RSA_KID.to_owned()), audience }
        }
    })
}

/// A header that a delivery can carry, as `-H` takes it.
///
/// # Errors
/// One sentence that says what is wrong with it.
pub fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) =
        text.split_once(':').ok_or_else(|| "expected a header such as 'x-tenant: blue'".to_owned())?;
    let name: HeaderName = name.trim().parse().map_err(|_| "the header's name is not valid".to_owned())?;
    if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
        return Err(format!("{name} follows from the body and cannot be given"));
    }
    let mut value =
        HeaderValue::from_str(value.trim()).map_err(|_| "the header's value is not valid".to_owned())?;
    // It may be a credential, so it is not shown by --verbose.
    value.set_sensitive(true);
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_checked_before_anything_is_sent() {
        assert_eq!(header("X-Tenant:  blue ").map(|(name, _)| name.to_string()), Ok("x-tenant".to_owned()));
        for bad in [
            "no colon",
            ": value",
            "na me: x",
            "a: b\nc: d",
            "content-length: 3",
            "Transfer-Encoding: chunked",
        ] {
            assert!(header(bad).is_err(), "{bad:?}");
        }
    }
}

//! A profile's local test identity: an HMAC secret, an Ed25519 key and an RSA key, made on first use.
//!
//! With it `gwh listen` and `gwh trigger` understand each other on a fresh machine. The keys are for
//! testing only: nobody outside this machine trusts them. Each is a file of its own that only the
//! user may read, so that the RSA key, which takes a tenth of a second to make, is made only when a
//! command needs it. Two processes that make a key at once end up with the same one.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::error::Failure;
use crate::files;
use crate::random::Random;
use crate::signature::{Ed25519SigningKey, NamedPublicKey, NamedSecret, PublicKey, RsaSigningKey, Secret};

/// How the identity is named in verdicts and banners.
pub const NAME: &str = "local";
/// The `kid` that the RSA test key is published with.
pub const RSA_KID: &str = "local-test-rsa";

const HMAC_FILE: &str = "test-secret";
const ED25519_FILE: &str = "test-ed25519";
pub(super) const RSA_FILE: &str = "test-rsa.pem";

/// A profile's test identity: a folder and what is in it.
pub struct LocalIdentity {
    folder: PathBuf,
    random: Arc<dyn Random>,
}

impl LocalIdentity {
    /// The identity kept in `folder`; nothing is read or made yet.
    pub fn new(folder: PathBuf, random: Arc<dyn Random>) -> Self {
        LocalIdentity { folder, random }
    }

    /// The HMAC secret, made if there is none.
    ///
    /// # Errors
    /// Kind `Configuration` where the file cannot be read or written, or holds something else.
    pub fn secret(&self) -> Result<NamedSecret, Failure> {
        let text = self.load_or_make(HMAC_FILE, || {
            let mut key = Zeroizing::new([0u8; 32]);
            self.random.fill(key.as_mut_slice());
            Ok(Zeroizing::new(Secret::from_key(key.as_slice()).expose().to_owned()))
        })?;
        self.read_secret(&text)
    }

    /// The HMAC secret, if one has been made.
    ///
    /// # Errors
    /// As [`LocalIdentity::secret`].
    pub fn existing_secret(&self) -> Result<Option<NamedSecret>, Failure> {
        self.load(HMAC_FILE)?.map(|text| self.read_secret(&text)).transpose()
    }

    /// The Ed25519 key, made if there is none.
    ///
    /// # Errors
    /// As [`LocalIdentity::secret`].
    pub fn ed25519(&self) -> Result<Ed25519SigningKey, Failure> {
        let text = self.load_or_make(ED25519_FILE, || {
            let mut seed = Zeroizing::new([0u8; 32]);
            self.random.fill(seed.as_mut_slice());
            Ok(Ed25519SigningKey::from_seed(&seed).expose())
        })?;
        self.read_ed25519(&text)
    }

    /// The public half of the Ed25519 key, if one has been made.
    ///
    /// # Errors
    /// As [`LocalIdentity::secret`].
    pub fn existing_ed25519_public_key(&self) -> Result<Option<NamedPublicKey>, Failure> {
        let key = self.load(ED25519_FILE)?.map(|text| self.read_ed25519(&text)).transpose()?;
        Ok(key.map(|key| NamedPublicKey::new(NAME, None, PublicKey::Ed25519(key.public_key()))))
    }

    /// The RSA key, made if there is none.
    ///
    /// # Errors
    /// As [`LocalIdentity::secret`].
    pub fn rsa(&self) -> Result<RsaSigningKey, Failure> {
        let text = self.load_or_make(RSA_FILE, || {
            let key = RsaSigningKey::generate()
                .map_err(|error| Failure::bug("cannot make an RSA key").because(error))?;
            Ok(Zeroizing::new(key.expose().to_owned()))
        })?;
        self.read_rsa(&text)
    }

    /// The RSA key, if one has been made: without one there is nothing signed with it either.
    ///
    /// # Errors
    /// As [`LocalIdentity::secret`].
    pub fn existing_rsa(&self) -> Result<Option<RsaSigningKey>, Failure> {
        self.load(RSA_FILE)?.map(|text| self.read_rsa(&text)).transpose()
    }

    /// The public half of the Ed25519 key, which is made if there is none.
    ///
    /// # Errors
    /// As [`LocalIdentity::secret`].
    pub fn ed25519_public_key(&self) -> Result<NamedPublicKey, Failure> {
        Ok(NamedPublicKey::new(NAME, None, PublicKey::Ed25519(self.ed25519()?.public_key())))
    }

    /// The public half of the RSA key, if one has been made. Reading it takes longer than all the rest
    /// of verifying, so that is left until a token comes.
    ///
    /// # Errors
    /// As [`LocalIdentity::secret`].
    pub fn existing_rsa_public_key(&self) -> Result<Option<NamedPublicKey>, Failure> {
        Ok(self.existing_rsa()?.map(|key| rsa_public_key(&key)))
    }

    fn read_secret(&self, text: &str) -> Result<NamedSecret, Failure> {
        let secret = Secret::parse(text).map_err(|error| self.damaged(HMAC_FILE).because(error))?;
        Ok(NamedSecret::new(NAME, secret))
    }

    fn read_ed25519(&self, text: &str) -> Result<Ed25519SigningKey, Failure> {
        Ed25519SigningKey::parse(text).map_err(|error| self.damaged(ED25519_FILE).because(error))
    }

    fn read_rsa(&self, text: &str) -> Result<RsaSigningKey, Failure> {
        RsaSigningKey::from_pem(text).map_err(|error| self.damaged(RSA_FILE).because(error))
    }

    fn load_or_make(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<Zeroizing<String>, Failure>,
    ) -> Result<Zeroizing<String>, Failure> {
        if let Some(text) = self.load(name)? {
            return Ok(text);
        }
        let text = make()?;
        match files::create(&self.folder, name, text.as_bytes()) {
            Ok(()) => Ok(text),
            // Another process was faster: its key is the one.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.load(name)?.ok_or_else(|| self.damaged(name))
            }
            Err(error) => {
                Err(Failure::configuration(format!("cannot keep test keys in {}", self.folder.display()))
                    .because(error)
                    .hint("set GWH_DATA_DIR to a folder that you can write to"))
            }
        }
    }

    fn load(&self, name: &str) -> Result<Option<Zeroizing<String>>, Failure> {
        let path = self.folder.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => {
                Err(Failure::configuration(format!("cannot read the test key {}", path.display()))
                    .because(error))
            }
        }
    }

    fn damaged(&self, name: &str) -> Failure {
        let path = self.folder.join(name);
        Failure::configuration(format!("the test key {} is damaged", path.display()))
            .hint("delete the file: a new key is made when one is needed")
    }
}

/// The public half of a test identity's RSA key, as it is published.
pub fn rsa_public_key(key: &RsaSigningKey) -> NamedPublicKey {
    NamedPublicKey::new(NAME, Some(RSA_KID.to_owned()), PublicKey::Rsa(key.public_key().clone()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::random::{SeededRandom, SystemRandom};

    fn identity(folder: &Path) -> LocalIdentity {
        LocalIdentity::new(folder.join("profiles/default"), Arc::new(SystemRandom))
    }

    #[test]
    fn keys_are_made_once_and_kept() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let first = identity(folder.path());
        assert!(first.existing_rsa().expect("reads").is_none());
        let again = identity(folder.path());
        assert_eq!(
            first.secret().expect("makes").secret.expose(),
            again.secret().expect("reads").secret.expose()
        );
        assert_eq!(
            first.ed25519().expect("makes").public_key(),
            again.ed25519().expect("reads").public_key()
        );
        assert_eq!(first.rsa().expect("makes").public_key(), again.rsa().expect("reads").public_key());
        assert!(again.existing_rsa_public_key().expect("reads").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_may_read_them() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a scratch folder");
        let local = identity(folder.path());
        local.secret().expect("makes");
        let mode = |path: &Path| fs::metadata(path).expect("exists").permissions().mode() & 0o777;
        assert_eq!(mode(&local.folder.join(HMAC_FILE)), 0o600);
        assert_eq!(mode(&local.folder), 0o700);
    }

    #[test]
    fn many_processes_at_once_agree_on_one_secret() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let made: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|seed| {
                    let path = folder.path().join("p");
                    scope.spawn(move || {
                        let local = LocalIdentity::new(path, Arc::new(SeededRandom::new(seed)));
                        local.secret().expect("makes or reads").secret.expose().to_owned()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("does not panic")).collect()
        });
        assert!(made.iter().all(|text| *text == made[0]), "all processes use the same secret");
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let local = identity(folder.path());
        local.secret().expect("makes");
        fs::write(local.folder.join(HMAC_FILE), "whsec_???").expect("writes");
        let failure = local.secret().expect_err("refused");
        assert!(failure.to_string().contains(HMAC_FILE) && !failure.hints().is_empty());
    }
}

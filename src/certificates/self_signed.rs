//! A certificate for this machine that no authority has signed, kept so that clients trust it once.
//!
//! It stays the same from run to run until its end comes near. Certificate and key are one file, so that
//! they are replaced together; beside it lies the certificate alone, for clients.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use zeroize::Zeroizing;

use super::error::CertificateError;
use super::{Identity, pem};
use crate::files;
use crate::hex;

/// What the certificate is for.
pub const HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The folder in the profile's.
const FOLDER: &str = "tls";
/// The certificate and its key.
const BOTH: &str = "self-signed.pem";
/// The certificate alone.
const PUBLIC: &str = "certificate.pem";
const LOCK: &str = "tls.lock";
/// Some systems refuse certificates that are valid for more than 825 days.
const DAYS: i64 = 820;
/// Clients have so many days to be told of the next one.
const RENEWED_BEFORE: i64 = 30;
/// How long another process may take to make one.
const PATIENCE: Duration = Duration::from_secs(10);

/// The certificate of this machine.
#[derive(Debug)]
pub struct SelfSigned {
    /// What a server shows.
    pub identity: Identity,
    /// The file with the certificate alone, for clients.
    pub path: PathBuf,
    /// Whether it has just taken the place of one that clients may trust.
    pub is_renewed: bool,
}

impl SelfSigned {
    /// The certificate kept in the profile's `folder`; it is made where there is none, or its time is
    /// over in less than 30 days.
    ///
    /// # Errors
    /// [`CertificateError`] where it cannot be read or kept.
    pub fn keep(folder: &Path, now: Timestamp) -> Result<Self, CertificateError> {
        let folder = folder.join(FOLDER);
        if let Some((identity, public)) = read(&folder, now)? {
            return publish(&folder, identity, &public, false);
        }
        // Two processes that find none at once must show the same one.
        let _lock = files::take_lock(&folder, LOCK, PATIENCE)?;
        if let Some((identity, public)) = read(&folder, now)? {
            return publish(&folder, identity, &public, false);
        }
        let is_renewed = folder.join(PUBLIC).exists();
        files::keep(&folder, BOTH, make(now)?.as_bytes())?;
        let (identity, public) =
            read(&folder, now)?.ok_or_else(|| CertificateError::KeptDamaged(folder.join(BOTH)))?;
        publish(&folder, identity, &public, is_renewed)
    }
}

/// What is kept and the certificate in PEM form, unless a new one is due.
fn read(folder: &Path, now: Timestamp) -> Result<Option<(Identity, String)>, CertificateError> {
    let path = folder.join(BOTH);
    let Some(text) = files::read(&path)? else { return Ok(None) };
    let damaged = || CertificateError::KeptDamaged(path.clone());
    let chain = pem::certificates(text.as_bytes(), &path).map_err(|_| damaged())?;
    let key = pem::private_key(text.as_bytes(), &path).map_err(|_| damaged())?;
    let identity = Identity::new(chain, key).map_err(|_| damaged())?;
    let public = text.find(BEGIN).map(|start| text[start..].to_owned()).ok_or_else(damaged)?;
    let later = now.saturating_add((RENEWED_BEFORE * 24).hours()).unwrap_or(Timestamp::MAX);
    let is_good =
        HOSTS.iter().all(|host| identity.is_accepted_for(host, now) && identity.is_accepted_for(host, later));
    Ok(is_good.then_some((identity, public)))
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

/// The key and after it the certificate, in PEM form.
fn make(now: Timestamp) -> Result<Zeroizing<String>, CertificateError> {
    aws_lc_rs::init();
    let key = KeyPair::generate()?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let date = |days: i64| {
        let date = today.saturating_add(days.days());
        // A month and a day fit whatever the year.
        date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    let mut params = CertificateParams::new(HOSTS.map(str::to_owned))?;
    // Since yesterday: clocks differ.
    params.not_before = date(-1);
    params.not_after = date(DAYS);
    // A name of its own: a client that trusts an earlier one of the same name would say that the signature
    // is wrong, and not that it does not know this one.
    let id = hex::encode(&params.key_identifier(&key)[..4]);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, format!("gwh listen, self-signed {id}"));
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.self_signed(&key)?;
    let pem = Zeroizing::new(key.serialize_pem());
    Ok(Zeroizing::new(format!("{}{}", *pem, certificate.pem())))
}

/// Sees to it that the file for clients holds the certificate.
fn publish(
    folder: &Path,
    identity: Identity,
    public: &str,
    is_renewed: bool,
) -> Result<SelfSigned, CertificateError> {
    let path = folder.join(PUBLIC);
    if !std::fs::read(&path).is_ok_and(|there| there == public.as_bytes()) {
        files::keep(folder, PUBLIC, public.as_bytes())?;
    }
    Ok(SelfSigned { identity, path, is_renewed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_processes_at_once_show_one_certificate() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let now = Timestamp::from_second(1_769_083_200).expect("in range");
        let keep = || SelfSigned::keep(folder.path(), now).expect("makes or reads");
        let made: Vec<SelfSigned> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(keep)).collect();
            threads.into_iter().map(|thread| thread.join().expect("does not panic")).collect()
        });
        let first = made[0].identity.certificate();
        assert!(made.iter().all(|own| own.identity.certificate() == first));
        assert!(made.iter().all(|own| !own.is_renewed));
        let public = std::fs::read(&made[0].path).expect("reads");
        let shown = pem::certificates(&public, &made[0].path).expect("holds it");
        assert_eq!(shown.iter().collect::<Vec<_>>(), [first]);
        let later = now + 800 * 24.hours();
        assert!(SelfSigned::keep(folder.path(), later).expect("makes another").is_renewed);
    }
}

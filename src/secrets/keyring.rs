//! The operating system's keyring, through the `keyring` crate, and what its errors mean.
//!
//! The crate picks the system's own store: the Secret Service over D-Bus (no C library), the Keychain, the
//! Credential Manager. It is asked by text under a service and a user name; the user name is our key.

use keyring::{Entry, Error};
use zeroize::Zeroizing;

use super::store::{Backend, SecretStore, StoreError};

/// The name that the entries are filed under.
const SERVICE: &str = "gwh";

/// The keyring of the user who runs this process. Every call may block, and may ask the user.
pub struct OsKeyring;

impl SecretStore for OsKeyring {
    fn backend(&self) -> Backend {
        Backend::Keyring
    }

    fn get(&self, key: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        match entry(key)?.get_password() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(store_error(&error, key)),
        }
    }

    fn set(&self, key: &str, text: &str) -> Result<(), StoreError> {
        entry(key)?.set_password(text).map_err(|error| match error {
            // Writing makes the entry, so only the place for it can be missing.
            Error::NoEntry => StoreError::NoStorage,
            error => store_error(&error, key),
        })
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        match entry(key)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(store_error(&error, key)),
        }
    }
}

fn entry(key: &str) -> Result<Entry, StoreError> {
    // The first call connects; its result stays for the life of the process.
    if let Err(error) = Entry::store_status() {
        return Err(store_error(error, key));
    }
    Entry::new(SERVICE, key).map_err(|error| store_error(&error, key))
}

fn store_error(error: &Error, key: &str) -> StoreError {
    match error {
        Error::PlatformFailure(source) | Error::NoStorageAccess(source) => {
            platform_error(error, source.as_ref())
        }
        Error::NoDefaultStore => StoreError::Unavailable("no service was found".to_owned()),
        // These carry the data, which is not to be shown.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            StoreError::Damaged(format!("the keyring's entry {key:?}"))
        }
        Error::Ambiguous(_) => StoreError::Failed(format!("it holds several entries {key:?}")),
        other => StoreError::Failed(other.to_string()),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn platform_error(error: &Error, source: &(dyn std::error::Error + Send + Sync + 'static)) -> StoreError {
    use secret_service::Error as Service;
    match source.downcast_ref::<Service>() {
        Some(Service::Unavailable) => {
            StoreError::Unavailable("no D-Bus session, or no Secret Service on it".to_owned())
        }
        Some(Service::Locked) => StoreError::Locked,
        Some(Service::Prompt | Service::PromptDisconnected) => StoreError::Denied,
        // No default collection, which is what a service has that nobody has ever logged in to.
        Some(Service::NoResult) => StoreError::NoStorage,
        Some(Service::Zbus(bus)) => bus_error(bus),
        Some(Service::ZbusFdo(zbus::fdo::Error::ZBus(bus))) => bus_error(bus),
        Some(Service::ZbusFdo(error)) => fdo_error(error),
        _ => StoreError::Failed(error.to_string()),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn bus_error(error: &zbus::Error) -> StoreError {
    use std::io::ErrorKind;
    match error {
        zbus::Error::InputOutput(io)
            if matches!(io.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) =>
        {
            StoreError::Unavailable("no D-Bus session answers".to_owned())
        }
        zbus::Error::Address(_) => {
            StoreError::Unavailable("the address of the D-Bus session is wrong".to_owned())
        }
        zbus::Error::FDO(error) => fdo_error(error),
        zbus::Error::MethodError(name, _, _) => match name.as_str() {
            "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner" => {
                no_service()
            }
            "org.freedesktop.Secret.Error.IsLocked" => StoreError::Locked,
            "org.freedesktop.Secret.Error.NoSuchObject" => StoreError::NoStorage,
            "org.freedesktop.DBus.Error.AccessDenied" => StoreError::Denied,
            name => StoreError::Failed(name.to_owned()),
        },
        other => StoreError::Failed(other.to_string()),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn fdo_error(error: &zbus::fdo::Error) -> StoreError {
    use zbus::fdo::Error as Fdo;
    match error {
        Fdo::ServiceUnknown(_) | Fdo::NameHasNoOwner(_) => no_service(),
        Fdo::AccessDenied(_) | Fdo::AuthFailed(_) => StoreError::Denied,
        other => StoreError::Failed(other.to_string()),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn no_service() -> StoreError {
    StoreError::Unavailable("the D-Bus session has no Secret Service".to_owned())
}

/// Keychain and Credential Manager: what cannot be accessed is locked or denied, and says so itself.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn platform_error(error: &Error, source: &(dyn std::error::Error + Send + Sync + 'static)) -> StoreError {
    match error {
        Error::NoStorageAccess(_) => StoreError::Denied,
        _ => StoreError::Failed(source.to_string()),
    }
}

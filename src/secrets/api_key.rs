//! The profile's API key, kept by `gwh login` beside the signing secrets and under the same policy.

use zeroize::Zeroizing;

use super::file::FileStore;
use super::index::Index;
use super::store::{Backend, SecretStore, StoreError};
use super::webhooks::WebhookSecrets;

/// No webhook's id begins like this.
const KEY: &str = "@api-key";
/// The folder of the file; the folder of the signing secrets holds nothing else.
const FOLDER: &str = "login";

impl WebhookSecrets {
    /// The stored API key, and where it is. No store is asked where the index says that there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the index or the store cannot be read.
    pub fn api_key(&self) -> Result<Option<(Zeroizing<String>, Backend)>, StoreError> {
        let Some(backend) = Index::load(&self.folder)?.api_key else { return Ok(None) };
        let key = self.with_key_store(backend, |store, key| store.get(key))?;
        Ok(key.map(|key| (key, backend)))
    }

    /// Stores the API key in place of the one before. Answers where.
    ///
    /// # Errors
    /// [`StoreError`] where it is not stored.
    pub fn keep_api_key(&self, text: &str) -> Result<Backend, StoreError> {
        let _lock = self.lock()?;
        let mut index = Index::load(&self.folder)?;
        let (target, _) = self.target(&index, None)?;
        let before = index.clone();
        let former = index.api_key.filter(|former| *former != target);
        // The index comes first: a process that is killed in between leaves no key that nobody knows of.
        index.api_key = Some(target);
        index.backend = index.backend.or(Some(target));
        index.save(&self.folder)?;
        let stored = self.with_key_store(target, |store, key| {
            store.set(key, text)?;
            match store.get(key)? {
                Some(back) if *back == text => Ok(()),
                _ => Err(StoreError::Forgetful(target)),
            }
        });
        if let Err(error) = stored {
            // The key from before is still the one that counts; where this fails, too, no key is found.
            let _ = before.save(&self.folder);
            return Err(error);
        }
        if let Some(former) = former
            && self.with_key_store(former, |store, key| store.delete(key)).is_err()
        {
            self.reporter.warn(&format!("the former API key is still in {former}"));
        }
        Ok(target)
    }

    /// Forgets the API key. Answers whether there was one.
    ///
    /// # Errors
    /// [`StoreError`] where it may still be there.
    pub fn forget_api_key(&self) -> Result<bool, StoreError> {
        let _lock = self.lock()?;
        let mut index = Index::load(&self.folder)?;
        let Some(backend) = index.api_key.take() else { return Ok(false) };
        self.with_key_store(backend, |store, key| store.delete(key))?;
        index.save(&self.folder)?;
        Ok(true)
    }

    fn with_key_store<T>(
        &self,
        backend: Backend,
        work: impl FnOnce(&dyn SecretStore, &str) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match backend {
            Backend::Keyring => work(self.store(backend), &self.key(backend, KEY)),
            Backend::File | Backend::Environment => work(&FileStore::new(self.folder.join(FOLDER)), KEY),
        }
    }
}

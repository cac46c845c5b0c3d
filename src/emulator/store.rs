//! The registry behind its lock, written to the state file before a change is answered.

use std::sync::{Mutex, MutexGuard};

use super::error::{ApiError, Code};
use super::registry::Registry;
use super::state::StateFile;
use crate::error::Failure;

/// Where webhooks are kept while the emulator runs.
pub struct Store {
    registry: Mutex<Registry>,
    file: Option<StateFile>,
}

impl Store {
    /// A store in memory.
    pub fn in_memory() -> Self {
        Store { registry: Mutex::new(Registry::default()), file: None }
    }

    /// A store in a file.
    ///
    /// # Errors
    /// As [`StateFile::open`].
    pub fn in_file(path: std::path::PathBuf) -> Result<Self, Failure> {
        let (file, registry) = StateFile::open(path)?;
        Ok(Store { registry: Mutex::new(registry), file: Some(file) })
    }

    /// Looks at the registry.
    pub fn read<T>(&self, look: impl FnOnce(&Registry) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the registry: all of it, on disk too, or not at all.
    ///
    /// # Errors
    /// Those of the change, and `Internal` where the file cannot be written.
    pub fn change<T>(
        &self,
        change: impl FnOnce(&mut Registry) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut registry = self.lock();
        let Some(file) = &self.file else { return change(&mut registry) };
        let mut next = registry.clone();
        let result = change(&mut next)?;
        file.save(&next).map_err(|error| {
            ApiError::new(Code::Internal, format!("The emulator cannot write its state file: {error}."))
        })?;
        *registry = next;
        Ok(result)
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

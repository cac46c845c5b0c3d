//! Signing secrets and keys: the local test identity, the material that a user names, and the store that
//! keeps webhooks' secrets in the system's keyring or in files.

mod api_key;
mod bounded;
mod change;
mod entry;
mod file;
mod index;
mod inspect;
mod keyring;
mod local;
mod material;
mod memory;
mod pending;
mod recovery;
mod sources;
mod store;
mod webhooks;

pub use entry::{GRACE, KeptSecret, WebhookRef};
pub use file::FileStore;
pub use index::{StoredSecret, StoredWebhook};
pub use inspect::Condition;
pub use keyring::OsKeyring;
pub use local::{LocalIdentity, NAME as LOCAL, RSA_KID, rsa_public_key};
pub use material::{Material, parse_material};
pub use memory::{MemoryStore, NoKeyring};
pub use pending::{Operation, Pending, Unfinished};
pub use recovery::Kept;
pub(crate) use sources::{FileState, state_of};
pub use sources::{KeySources, Mark};
pub use store::{Backend, SecretStore, StoreError};
pub use webhooks::{Opening, Reporter, WebhookSecrets};

//! Signing secrets and keys: the local test identity, and the material that a user names.

mod local;
mod material;

pub use local::{LocalIdentity, NAME as LOCAL, RSA_KID, rsa_public_key};
pub use material::{Material, parse_material};

//! Where files live, from the captured environment.
//!
//! The usual crates for this read the process's environment themselves, which tests could not
//! redirect; the rules are few enough to stand here. Linux and macOS follow the XDG base directory
//! specification, as most command-line tools do on both; Windows uses `%APPDATA%`.

use std::path::PathBuf;

use crate::env::{self, Env};
use crate::error::Failure;

/// The folder that holds what `gwh` keeps: `GWH_DATA_DIR`, or `gwh` in the user's data folder.
///
/// # Errors
/// Kind `Configuration` where no variable says where the user's files are.
pub fn data_dir(env: &Env) -> Result<PathBuf, Failure> {
    if let Some(folder) = env.raw(env::GWH_DATA_DIR) {
        return Ok(PathBuf::from(folder));
    }
    base(env, env::XDG_DATA_HOME, ".local/share").map(|base| base.join("gwh")).ok_or_else(|| {
        let home = if cfg!(windows) { env::APPDATA } else { env::HOME };
        Failure::configuration(format!(
            "cannot tell where to keep data: neither {home} nor {} is set",
            env::XDG_DATA_HOME
        ))
        .hint("set GWH_DATA_DIR to a folder that only you can read")
    })
}

/// The user's configuration file, where the environment says where such files are.
pub fn user_config(env: &Env) -> Option<PathBuf> {
    base(env, env::XDG_CONFIG_HOME, ".config").map(|base| base.join("gwh").join("config.toml"))
}

fn base(env: &Env, xdg: &str, below_home: &str) -> Option<PathBuf> {
    // The specification says to ignore relative paths in its variables.
    if let Some(folder) = env.raw(xdg).map(PathBuf::from).filter(|folder| folder.is_absolute()) {
        return Some(folder);
    }
    if cfg!(windows) {
        return env.raw(env::APPDATA).map(PathBuf::from);
    }
    env.raw(env::HOME).map(|home| PathBuf::from(home).join(below_home))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path that is absolute here.
    fn absolute(name: &str) -> String {
        format!("{}{name}", if cfg!(windows) { r"C:\" } else { "/" })
    }

    #[test]
    fn data_dir_prefers_its_own_variable_then_xdg_then_the_systems_place() {
        let (own, xdg, home) = (absolute("d"), absolute("x"), absolute("h"));
        let places = [("HOME", home.as_str()), ("APPDATA", &home)];
        let found = |more: &[(&str, &str)]| {
            let env = Env::of(places.into_iter().chain(more.iter().copied()));
            data_dir(&env).expect("resolves")
        };
        assert_eq!(found(&[("GWH_DATA_DIR", &own), ("XDG_DATA_HOME", &xdg)]), PathBuf::from(&own));
        assert_eq!(found(&[("XDG_DATA_HOME", &xdg)]), PathBuf::from(&xdg).join("gwh"));
        let below = if cfg!(windows) { "" } else { ".local/share" };
        assert_eq!(found(&[("XDG_DATA_HOME", "x")]), PathBuf::from(&home).join(below).join("gwh"));
        assert!(data_dir(&Env::default()).is_err());
    }
}

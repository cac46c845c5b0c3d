//! The runs of the commands of `secrets` that take a secret.

use super::Machine;
use super::cases::Planned;

pub(super) fn set(machine: &Machine) -> Vec<Planned> {
    let hmac = &machine.planted.hmac;
    let mut runs: Vec<Planned> = ["hmac", "two", "ed25519", "rsa.pem", "malformed", "absent"]
        .map(|file| Planned::new(&["secrets", "set", "prod", "--secret-file", file], ""))
        .into();
    runs.extend([
        Planned::new(&["secrets", "set", "prod"], hmac.as_str()),
        Planned::new(&["secrets", "set", "prod", "--keep-previous", "1h"], "whsec_AAECAwQFBgc="),
        Planned::new(&["secrets", "set", "prod"], format!("v1,{hmac}")),
        Planned::new(&["secrets", "set", "prod", "--secret-env", "MALFORMED"], ""),
        // A secret where a name or nothing belongs.
        Planned::new(&["secrets", "set", "prod", hmac], ""),
        Planned::new(&["secrets", "set", "prod", "--secret-store", "keyring"], hmac.as_str()),
    ]);
    runs
}

pub(super) fn import(machine: &Machine) -> Vec<Planned> {
    let hmac = &machine.planted.hmac;
    let recovery = format!(
        r#"{{"version":1,"id":"1","name":"prod","secrets":[{{"secret":"{hmac}","added_at":"2026-01-22T12:00:00Z"}}]}}"#
    );
    let import = |stdin: String| Planned::new(&["secrets", "import", "-"], stdin);
    vec![
        import(recovery.replace("secrets", "secretz")),
        import(recovery.replace("added_at", "added")),
        import(recovery),
        import(format!("PROD={hmac}")),
        import(format!("PROD={hmac}???")),
        import(hmac.clone()),
        Planned::new(&["secrets", "import", "hmac"], ""),
    ]
}

/// In process, only runs that end before the command takes the place of the test.
pub(super) fn exec(_: &Machine) -> Vec<Planned> {
    vec![
        Planned::new(&["secrets", "exec", "--", "no-such-command"], ""),
        Planned::new(&["secrets", "exec", "--webhook", "prod", "--", "no-such-command"], ""),
        Planned::new(&["secrets", "exec", "--webhook", "absent", "--", "no-such-command"], ""),
    ]
}

//! The runs of `gwh secrets` and `gwh keys`.

use super::cases::{Case, Planned, small};
use super::{Machine, remote};

/// The commands of the groups. `secrets get` is the one whose stdout is a secret.
pub const CASES: &[Case] = &[
    Case { command: "secrets set", stdout_is_secret: false, runs: secrets_set },
    Case { command: "secrets import", stdout_is_secret: false, runs: secrets_import },
    Case { command: "secrets list", stdout_is_secret: false, runs: |_| small(&["secrets", "list"]) },
    Case { command: "secrets exec", stdout_is_secret: false, runs: secrets_exec },
    Case { command: "secrets doctor", stdout_is_secret: false, runs: |_| small(&["secrets", "doctor"]) },
    Case {
        command: "secrets remove",
        stdout_is_secret: false,
        runs: |_| small(&["secrets", "remove", "1", "--yes"]),
    },
    Case { command: "secrets get", stdout_is_secret: true, runs: |_| small(&["secrets", "get"]) },
    Case { command: "keys jwks", stdout_is_secret: false, runs: keys_jwks },
    Case { command: "keys list", stdout_is_secret: false, runs: |_| small(&["keys", "list"]) },
    Case { command: "keys fetch", stdout_is_secret: false, runs: |it| remote::keys_fetch(&it.planted) },
    Case {
        command: "keys generate",
        stdout_is_secret: false,
        runs: |_| small(&["keys", "generate", "--type", "ed25519", "--out", "."]),
    },
];

fn keys_jwks(_: &Machine) -> Vec<Planned> {
    let files = ["ed25519", "rsa.pem", "hmac", "malformed", "malformed-key", "malformed.pem"];
    let runs = files.iter().map(|file| Planned::new(&["keys", "jwks", "--secret-file", file], ""));
    small(&["keys", "jwks"]).into_iter().chain(runs).collect()
}

fn secrets_set(machine: &Machine) -> Vec<Planned> {
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

fn secrets_import(machine: &Machine) -> Vec<Planned> {
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
fn secrets_exec(_: &Machine) -> Vec<Planned> {
    vec![
        Planned::new(&["secrets", "exec", "--", "no-such-command"], ""),
        Planned::new(&["secrets", "exec", "--webhook", "prod", "--", "no-such-command"], ""),
        Planned::new(&["secrets", "exec", "--webhook", "absent", "--", "no-such-command"], ""),
    ]
}

//! No output holds a secret: every command runs with planted ones, in every mode, and all that it
//! prints and writes is searched. A command without a case here fails the test.

mod cases;
mod jobs;
mod planted;
mod remote;
mod secrets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gwh::certificates::SelfSigned;
use gwh::secrets::parse_material;
use gwh::signature::{NamedSecret, Secret, Signer};

use self::cases::{Case, Run};
use self::planted::{API_KEY, Needle, Planted, TOKEN, ecdsa_lines};
use crate::support::{NOW, Output, Sandbox, ScriptedApi};

/// The modes that each case runs in.
const MODES: [&[&str]; 6] = [&[], &["--json"], &["-v"], &["-v", "--json"], &["-q"], &["--color", "always"]];

/// The folder of the profile's test identity, below the folder that commands run in.
const IDENTITY: &str = "home/.local/share/gwh/profiles/default";

/// A machine where every place that may hold a secret holds a planted one.
struct Machine {
    sandbox: Sandbox,
    planted: Planted,
    /// What the commands call; it serves for as long as the machine is there.
    api: ScriptedApi,
}

/// Where secrets come from when no flag names one.
#[derive(Clone, Copy, PartialEq)]
enum Fallback {
    LocalIdentity,
    Environment,
}

impl Machine {
    fn new(fallback: Fallback) -> Self {
        let planted = Planted::new();
        let api = remote::chatty_api(&planted);
        let mut sandbox = Sandbox::new()
            .env("GOOGLE_GEMINI_BASE_URL", &api.url())
            .env("GOOGLE_API_KEY", API_KEY)
            .env("GEMINI_API_KEY", API_KEY)
            .env("PLANTED", &planted.hmac)
            .env("MALFORMED", &format!("{}???", planted.hmac));
        if fallback == Fallback::Environment {
            sandbox = sandbox.env("WEBHOOK_SIGNING_SECRET", &planted.in_environment);
        }
        fs::create_dir_all(sandbox.path().join(IDENTITY)).expect("makes the profile's folder");
        let local = &planted.local;
        for (name, text) in
            [("test-secret", &local.hmac), ("test-ed25519", &local.ed25519), ("test-rsa.pem", &local.pem)]
        {
            sandbox.file(&format!("{IDENTITY}/{name}"), text);
        }
        sandbox.file("hmac", &planted.hmac);
        sandbox.file("two", format!("{}\n{}\n", planted.in_environment, planted.hmac));
        sandbox.file("ed25519", &planted.ed25519);
        sandbox.file("rsa.pem", &planted.pem);
        sandbox.file("malformed", format!("{}???", planted.hmac));
        sandbox.file("malformed-key", planted.ed25519.replacen("whsk_", "whsk_x", 1));
        sandbox.file("malformed.pem", planted.pem.replacen('\n', "\nx", 9));
        let machine = Machine { sandbox, planted, api };
        machine.plant_listener();
        machine.plant_certificates();
        machine
    }

    /// Makes the certificate of the profile, whose key is searched for, and two for the flags of `listen`:
    /// one of the key `rsa.pem` and one of another.
    fn plant_certificates(&self) {
        let profile = self.sandbox.path().join(IDENTITY);
        let now = jiff::Timestamp::from_second(NOW).expect("in range");
        SelfSigned::keep(&profile, now).expect("is made");
        let planted = rcgen::KeyPair::from_pem(&self.planted.pem).expect("is a key");
        let other = rcgen::KeyPair::generate().expect("makes a key");
        for (name, key) in [("cert.pem", planted), ("other.pem", other)] {
            let params = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("is a name");
            self.sandbox.file(name, params.self_signed(&key).expect("signs").pem());
        }
    }

    /// Every secret that must not show.
    fn needles(&self) -> Vec<Needle> {
        let mut needles = self.planted.needles();
        let both = self.sandbox.path().join(IDENTITY).join("tls/self-signed.pem");
        let both = fs::read_to_string(both).expect("reads");
        needles.extend(ecdsa_lines("the key of the profile's certificate", &both));
        needles
    }

    /// Leaves the file of a listener whose port answers, but not as a listener does.
    fn plant_listener(&self) {
        let folder = self.listeners();
        fs::create_dir(&folder).expect("makes a folder");
        let file = folder.join("1-1.json");
        fs::write(&file, format!(r#"{{"url":"{}/","token":"{TOKEN}"}}"#, self.api.url())).expect("writes");
        #[cfg(unix)]
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("sets a mode");
    }

    fn listeners(&self) -> PathBuf {
        self.sandbox.path().join(IDENTITY).join("listeners")
    }

    /// The tokens of the listeners that have a file.
    fn listener_tokens(&self) -> Vec<String> {
        let files = fs::read_dir(self.listeners()).expect("reads a folder").filter_map(Result::ok);
        let records = files.filter_map(|file| fs::read(file.path()).ok());
        let records = records.filter_map(|text| serde_json::from_slice::<serde_json::Value>(&text).ok());
        records.filter_map(|record| Some(record["token"].as_str()?.to_owned())).collect()
    }

    /// The files that commands may keep secrets in, or that the test put there.
    fn may_hold_secrets(&self, path: &Path) -> bool {
        let inputs = ["hmac", "two", "ed25519", "rsa.pem", "malformed", "malformed-key", "malformed.pem"];
        let profile = self.sandbox.path().join(IDENTITY);
        path.starts_with(&profile) && path != profile.join("webhooks.json")
            || inputs.iter().any(|name| path == self.sandbox.path().join(name))
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.sandbox.path().to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("reads a folder").filter_map(Result::ok) {
                if entry.path().is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
            }
        }
        files
    }
}

fn search(needles: &[Needle], bytes: &[u8], place: &str) {
    for needle in needles {
        assert!(!needle.is_in(bytes), "{place} holds {}:\n{}", needle.what, String::from_utf8_lossy(bytes));
    }
}

/// The commands that do something, as `keys jwks`.
fn leaves(command: &clap::Command, path: &str, all: &mut BTreeSet<String>) {
    for below in command.get_subcommands() {
        let path = format!("{path} {}", below.get_name()).trim().to_owned();
        if below.has_subcommands() {
            leaves(below, &path, all);
        } else {
            all.insert(path);
        }
    }
}

/// Every command.
fn all_cases() -> impl Iterator<Item = &'static Case> {
    cases::CASES.iter().chain(jobs::CASES).chain(secrets::CASES)
}

#[test]
fn every_command_has_a_case() {
    let mut commands = BTreeSet::new();
    leaves(&gwh::cli::command(), "", &mut commands);
    let cases: BTreeSet<String> = all_cases().map(|case| case.command.to_owned()).collect();
    assert_eq!(commands, cases, "each command plants secrets in a file of secret_leak");
}

#[test]
fn no_output_holds_a_secret() {
    search_all(&Machine::new(Fallback::LocalIdentity));
}

#[test]
fn no_output_holds_a_secret_of_the_environment() {
    search_all(&Machine::new(Fallback::Environment));
}

fn search_all(machine: &Machine) {
    let needles = machine.needles();
    for case in all_cases() {
        for mode in MODES {
            for run in (case.runs)(machine) {
                let Run { args, output } = run.in_mode(machine, mode);
                let Output { stdout, stderr, .. } = output;
                let place = format!("gwh {}", args.join(" "));
                search(&needles, &stderr, &format!("stderr of {place}"));
                if !case.stdout_is_secret {
                    search(&needles, &stdout, &format!("stdout of {place}"));
                }
            }
        }
    }
    for path in machine.files() {
        if !machine.may_hold_secrets(&path) {
            let bytes = fs::read(&path).expect("reads a file");
            search(&needles, &bytes, &path.display().to_string());
        }
    }
}

#[test]
fn the_search_finds_what_is_planted() {
    let machine = Machine::new(Fallback::LocalIdentity);
    let needles = machine.planted.needles();
    let found = |bytes: &[u8]| needles.iter().any(|needle| needle.is_in(bytes));
    let shown = machine.sandbox.run(&["secrets", "get"]);
    assert_eq!(shown.out().trim(), machine.planted.local.hmac, "the planted identity is the one in use");
    assert!(found(&shown.stdout) && found(machine.planted.pem.as_bytes()) && found(API_KEY.as_bytes()));
    assert!(!found(b"whsec_...3frh"));
}

#[test]
fn debug_forms_hold_no_secret() {
    let planted = Planted::new();
    let needles = planted.needles();
    let name = "planted".into();
    for text in [&planted.hmac, &planted.ed25519, &planted.pem, &planted.local.pem] {
        let material = parse_material(text, &name).expect("parses");
        search(&needles, format!("{material:?} {material:#?}").as_bytes(), "the Debug form of key material");
        let broken = format!("{}???", text.replacen('\n', "\nx", 3));
        if let Err(failure) = parse_material(&broken, &name) {
            let shown = format!("{failure} {failure:?} {:?}", failure.hints());
            search(&needles, shown.as_bytes(), "an error about key material");
        }
    }
    let secret = Secret::parse(&planted.hmac).expect("parses");
    let signer = Signer::V1(vec![secret.clone()]);
    let keys =
        gwh::signature::Keys { secrets: vec![NamedSecret::new("planted", secret)], ..Default::default() };
    search(&needles, format!("{keys:?} {signer:?}").as_bytes(), "the Debug form of keys and signers");
    let env = gwh::env::Env::of([("PLANTED", planted.hmac.as_str()), ("GOOGLE_API_KEY", API_KEY)]);
    search(&needles, format!("{env:?} {env:#?}").as_bytes(), "the Debug form of the environment");
}

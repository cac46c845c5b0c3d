//! A machine whose API is a running `gwh emulator`.

use super::{Running, Sandbox};

impl Sandbox {
    /// Starts an emulator with these arguments besides, and answers it with a sandbox that has a key for it
    /// and keeps secrets in files. Both have the machine's clock, as they stamp what the other reads.
    pub fn emulated(args: &[&str]) -> (Running, Sandbox) {
        // The folder has to be there until the emulator has made its keys in it.
        let home = Sandbox::new().with_real_clock();
        let emulator = home.start(&[&["--json", "emulator", "--port", "0"], args].concat());
        let sandbox = Sandbox::new().with_real_clock().with_api(&emulator.ready_url());
        (emulator, sandbox)
    }
}

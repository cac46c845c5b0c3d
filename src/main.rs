//! The `gwh` binary: hands the real world to the library and returns its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(gwh::run(std::env::args_os(), gwh::World::real()))
}

//! Progress bars on stderr. The only file that names the `indicatif` crate.

use std::fmt;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Ui;

/// A bar that is drawn on a terminal and does nothing elsewhere.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar of `total` steps, named `label`, drawn only where [`Ui::draws_progress`] says so.
    pub fn new(ui: &Ui, label: &'static str, total: u64) -> Self {
        let template = "{msg} {bar:32} {human_pos}/{human_len}  {rate}  eta {eta}";
        Progress::drawn(ui, label, Some(total), template)
    }

    /// A bar over bytes, of which there may be an unknown number.
    pub fn bytes(ui: &Ui, label: &'static str, total: Option<u64>) -> Self {
        let template = match total {
            Some(_) => {
                "{msg} {bar:32} {binary_bytes}/{binary_total_bytes}  {binary_bytes_per_sec}  eta {eta}"
            }
            None => "{msg} {spinner} {binary_bytes}  {binary_bytes_per_sec}",
        };
        Progress::drawn(ui, label, total, template)
    }

    fn drawn(ui: &Ui, label: &'static str, total: Option<u64>, template: &str) -> Self {
        if !ui.draws_progress() {
            return Progress::none();
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(10));
        let style = ProgressStyle::with_template(template)
            .expect("the templates are constants that the tests render")
            .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
                // What cannot be written is not drawn.
                let _ = write!(out, "{:.0}/s", state.per_sec());
            });
        bar.set_style(style);
        bar.set_message(label);
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress(bar)
    }

    /// A bar that is never drawn.
    pub fn none() -> Self {
        Progress(ProgressBar::hidden())
    }

    /// One step is done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// So much is done.
    pub fn reach(&self, position: u64) {
        self.0.set_position(position);
    }

    /// Takes the bar away while `work` writes lines.
    pub fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.suspend(work)
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// What ends early leaves no bar behind either.
impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

//! Which cases are run.

use wildmatch::WildMatch;

use super::case::{Case, Class, Family};
use super::cases::table;

/// What the user wants of the table.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Globs of ids; a family or topic alone means all of it. None for every case.
    pub only: Vec<String>,
    /// Globs of ids that are left out.
    pub skip: Vec<String>,
    /// Whether cases that tie the handler up are sent, too.
    pub stress: bool,
}

impl Selection {
    /// The cases, in the order of the table. Those of the preflight are among them unless they are left out by name.
    pub fn cases(&self) -> Vec<&'static Case> {
        table().filter(|case| self.takes(case)).collect()
    }

    /// The globs that name no case, which are mistakes.
    pub fn unmatched(&self) -> impl Iterator<Item = &str> {
        let globs = self.only.iter().chain(&self.skip).map(String::as_str);
        globs.filter(|glob| !table().any(|case| matches(glob, case.id)))
    }

    /// Whether the user wants nothing to be said of a case, and so does not want it to end the run either.
    pub fn leaves_out(&self, id: &str) -> bool {
        names(&self.skip, id)
    }

    /// Whether nothing but the preflight is asked for.
    pub fn is_preflight_alone(&self) -> bool {
        let is_of_preflight = |glob: &String| preflight().any(|case| matches(glob, case.id));
        !self.only.is_empty() && self.only.iter().all(is_of_preflight)
    }

    fn takes(&self, case: &Case) -> bool {
        if self.leaves_out(case.id) {
            return false;
        }
        let is_asked_for = self.only.is_empty() || names(&self.only, case.id);
        match (case.family(), case.class) {
            (Family::Preflight, _) => true,
            // Naming a case that is not sent unasked asks for it.
            (_, Class::Stress) => is_asked_for && (self.stress || !self.only.is_empty()),
            _ => is_asked_for,
        }
    }
}

fn preflight() -> impl Iterator<Item = &'static Case> {
    table().filter(|case| case.family() == Family::Preflight)
}

fn names(globs: &[String], id: &str) -> bool {
    globs.iter().any(|glob| matches(glob, id))
}

/// Whether a glob means an id: all of it, or what stands before a dot.
fn matches(glob: &str, id: &str) -> bool {
    let pattern = WildMatch::new(glob);
    let ends = id.match_indices('.').map(|(at, _)| at).chain([id.len()]);
    ends.into_iter().any(|end| pattern.matches(&id[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(only: &[&str], skip: &[&str]) -> Vec<&'static str> {
        let owned = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
        let selection = Selection { only: owned(only), skip: owned(skip), stress: false };
        selection.cases().into_iter().map(|case| case.id).filter(|id| !id.starts_with("preflight.")).collect()
    }

    #[test]
    fn globs_families_and_topics_select() {
        assert_eq!(ids(&["accepts.transfer.chunked"], &[]), ["accepts.transfer.chunked"]);
        assert_eq!(ids(&["refuses.version"], &["*.v0"]).first(), Some(&"refuses.version.v2"));
        assert!(ids(&["accepts"], &[]).iter().all(|id| id.starts_with("accepts.")));
        assert_eq!(ids(&["*.chunked", "accepts.parallel.*"], &[]).len(), 2);
        assert!(
            ids(&["behaves.stall.*"], &[]).len() == 1
                && !ids(&[], &[]).contains(&"behaves.stall.half-bodies")
        );
    }

    #[test]
    fn the_preflight_comes_along_unless_it_is_left_out() {
        let taken = |only: &str, skip: &str| {
            let globs = |text: &str| text.split_whitespace().map(str::to_owned).collect();
            let selection = Selection { only: globs(only), skip: globs(skip), stress: false };
            selection.cases().iter().filter(|case| case.family() == Family::Preflight).count()
        };
        assert_eq!(taken("accepts", ""), preflight().count());
        assert_eq!(taken("accepts", "preflight.secret"), preflight().count() - 1);
        assert_eq!(taken("", "preflight"), 0);
    }

    #[test]
    fn a_glob_that_names_nothing_is_told() {
        let selection =
            Selection { only: vec!["acepts".to_owned(), "accepts".to_owned()], ..Selection::default() };
        assert_eq!(selection.unmatched().collect::<Vec<_>>(), ["acepts"]);
    }
}

//! Which cases are run.

use wildmatch::WildMatch;

use super::case::{Case, Class};
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
    /// The cases, in the order of the table; those of the preflight are among them whatever is selected.
    pub fn cases(&self) -> Vec<&'static Case> {
        table().filter(|case| case.id.starts_with("preflight.") || self.takes(case)).collect()
    }

    /// The globs that name no case, which are mistakes.
    pub fn unmatched(&self) -> impl Iterator<Item = &str> {
        let globs = self.only.iter().chain(&self.skip).map(String::as_str);
        globs.filter(|glob| !table().any(|case| matches(glob, case.id)))
    }

    fn takes(&self, case: &Case) -> bool {
        let named = |globs: &[String]| globs.iter().any(|glob| matches(glob, case.id));
        // Naming a case that is not sent unasked asks for it.
        let is_asked_for = self.stress || case.class != Class::Stress || named(&self.only);
        is_asked_for && (self.only.is_empty() || named(&self.only)) && !named(&self.skip)
    }
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
    fn a_glob_that_names_nothing_is_told() {
        let selection =
            Selection { only: vec!["acepts".to_owned(), "accepts".to_owned()], ..Selection::default() };
        assert_eq!(selection.unmatched().collect::<Vec<_>>(), ["acepts"]);
    }
}

//! Which event types are wanted: globs to include and to exclude.

use wildmatch::WildMatch;

/// Globs over event types; `*` stands for any run of characters, `?` for one.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    include: Vec<WildMatch>,
    exclude: Vec<WildMatch>,
}

impl Filter {
    /// A filter that takes what one of `include` matches (all where it is empty) and none of `exclude` does.
    pub fn new(include: &[String], exclude: &[String]) -> Self {
        let globs = |list: &[String]| list.iter().map(|glob| WildMatch::new(glob)).collect();
        Filter { include: globs(include), exclude: globs(exclude) }
    }

    /// Whether `event_type` is wanted; a delivery without a type is taken as the empty name.
    pub fn accepts(&self, event_type: Option<&str>) -> bool {
        let name = event_type.unwrap_or_default();
        let included = self.include.is_empty() || self.include.iter().any(|glob| glob.matches(name));
        included && !self.exclude.iter().any(|glob| glob.matches(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_then_excludes() {
        let list = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>();
        let filter = Filter::new(&list(&["batch.*", "video.generated"]), &list(&["*.failed"]));
        assert!(filter.accepts(Some("batch.succeeded")) && filter.accepts(Some("video.generated")));
        assert!(!filter.accepts(Some("batch.failed")) && !filter.accepts(Some("interaction.completed")));
        assert!(Filter::default().accepts(None) && !filter.accepts(None));
    }
}

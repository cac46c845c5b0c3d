//! Which deliveries go where.

use hyper::Uri;

use crate::deliver::Target;
use crate::event::Filter;

/// Where deliveries go to, and which: `[GLOB=]URL` as the user writes it.
#[derive(Debug, Clone)]
pub struct Route {
    filter: Filter,
    target: Target,
}

impl Route {
    /// Reads `3000`, `host:port`, `/path` or a URL, with the globs of the event types that go there before
    /// it: `batch.*,video.*=3000`.
    ///
    /// A `=` further on belongs to the URL: globs have no `/` and no `:`, and do not begin with a digit.
    ///
    /// # Errors
    /// One sentence that says what is wrong; it never repeats a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some((globs, target)) = text.split_once('=').filter(|(globs, _)| may_be_globs(globs)) else {
            return Ok(Route { filter: Filter::default(), target: Target::parse(text)? });
        };
        let globs: Vec<String> = globs.split(',').map(|glob| glob.trim().to_owned()).collect();
        if globs.iter().any(String::is_empty) {
            return Err("expected an event type before the =, as in batch.*=3000".to_owned());
        }
        Ok(Route { filter: Filter::new(&globs, &[]), target: Target::parse(target)? })
    }
}

fn may_be_globs(text: &str) -> bool {
    !text.contains(['/', ':', '[']) && !text.starts_with(|first: char| first.is_ascii_digit())
}

/// All routes, each to one of the URLs.
#[derive(Debug)]
pub(super) struct Routes {
    rows: Vec<(Filter, usize)>,
    urls: Vec<Uri>,
}

impl Routes {
    /// The routes `given`; a path alone is one of `base`. Routes to the same URL share it.
    pub(super) fn new(given: &[Route], base: &Uri) -> Self {
        let mut urls: Vec<Uri> = Vec::new();
        let rows = given.iter().map(|route| {
            let url = route.target.on(base);
            let known = urls.iter().position(|own| *own == url);
            let index = known.unwrap_or_else(|| {
                urls.push(url);
                urls.len() - 1
            });
            (route.filter.clone(), index)
        });
        let rows = rows.collect();
        Routes { rows, urls }
    }

    /// Every URL, once.
    pub(super) fn urls(&self) -> &[Uri] {
        &self.urls
    }

    /// The URLs that a delivery of this type goes to, by their index: each once, in the order of the routes.
    pub(super) fn of(&self, event_type: Option<&str>) -> Vec<usize> {
        let mut found = Vec::new();
        for (filter, url) in &self.rows {
            if !found.contains(url) && filter.accepts(event_type) {
                found.push(*url);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(given: &[&str]) -> Routes {
        let base: Uri = "http://localhost:3000/".parse().expect("a URL");
        let given: Vec<Route> = given.iter().map(|text| Route::parse(text).expect("a route")).collect();
        Routes::new(&given, &base)
    }

    fn targets(routes: &Routes, event_type: Option<&str>) -> Vec<String> {
        routes.of(event_type).into_iter().map(|index| routes.urls()[index].to_string()).collect()
    }

    #[test]
    fn a_glob_is_told_from_a_query() {
        let everything = [
            ("3000", "http://localhost:3000/"),
            ("3000?a=b", "http://localhost:3000/?a=b"),
            ("/hook?a=b", "http://localhost:3000/hook?a=b"),
            ("api.test:80/x?a=b", "http://api.test:80/x?a=b"),
            ("http://h/?a=b=c", "http://h/?a=b=c"),
            ("[::1]:3000?a=b", "http://[::1]:3000/?a=b"),
        ];
        for (text, url) in everything {
            assert_eq!(targets(&routes(&[text]), Some("batch.failed")), [url], "{text}");
        }
        let some = ["batch.*=3000?a=b", "video.generated, batch.? =/?a=b", "*.failed=http://h/?a=b"];
        for text in some {
            let routes = routes(&[text]);
            assert!(routes.urls()[0].to_string().ends_with("/?a=b"), "{text}");
            assert!(targets(&routes, Some("interaction.completed")).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_delivery_goes_to_every_route_that_matches_and_to_each_url_once() {
        let routes = routes(&["batch.*=4000", "*=5000", "batch.failed=4000", "video.*=/v"]);
        let (batch, all) = ("http://localhost:4000/", "http://localhost:5000/");
        assert_eq!(targets(&routes, Some("batch.failed")), [batch, all]);
        assert_eq!(targets(&routes, Some("video.generated")), [all, "http://localhost:3000/v"]);
        assert_eq!(targets(&routes, None), [all]);
        assert_eq!(routes.urls().len(), 3);
    }

    #[test]
    fn what_is_no_route_is_refused() {
        for text in ["", "=3000", "batch.*=", "batch.*,=3000", "batch.*", "batch.*=nowhere", "a=b=3000"] {
            assert!(Route::parse(text).is_err(), "{text:?}");
        }
    }
}

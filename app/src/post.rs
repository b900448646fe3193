//! One form contract: the struct that `#[server]` makes of a function is the form's type, its `PATH` the one address,
//! and the words of its fields stand beside it ([`post!`]).
//!
//! A page opens what came back with `form::kept::<CancelCase>()` and hands it on: `kept.to()` is where the form is sent,
//! `field!(kept.reason)` is a field's name, what was typed and what is to be fixed, all at once.

use leptos::server_fn::ServerFn;
use std::borrow::Cow;

/// What fields are called in sentences where a form's label says more than the field's usual name
/// (`words::field`): field and word. `{n}` in a word is the place of the field's row.
pub type Labels = &'static [(&'static str, &'static str)];

/// A server function that a form is sent to. [`post!`] writes it.
pub trait Post: ServerFn {
    /// The words of its fields, as its labels say them.
    const LABELS: Labels;

    /// What has a field for each field of the form: the function's own arguments, or what it reads the form into.
    #[cfg(feature = "ssr")]
    type Fields;
}

/// A form as the frame of a page knows it: by its address, with its words and fields.
#[cfg(feature = "ssr")]
#[derive(Debug)]
pub struct Known {
    /// Where it is sent.
    pub path: &'static str,
    /// What its fields are called.
    pub labels: Labels,
    /// The names of its fields.
    pub fields: fn() -> Vec<&'static str>,
}

#[cfg(feature = "ssr")]
leptos::server_fn::inventory::collect!(Known);

#[cfg(feature = "ssr")]
impl Known {
    /// Every form.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        leptos::server_fn::inventory::iter::<Self>.into_iter()
    }

    /// The form that is sent to an address.
    #[must_use]
    pub fn at(path: &str) -> Option<&'static Self> {
        Self::all().find(|known| known.path == path)
    }

    /// Which of these names are fields of the form. A name may carry a row or say that there are many:
    /// `child_name[3]`, `allergy-12`, `children[]`.
    pub fn has<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Vec<bool> {
        let (own, worded) = ((self.fields)(), self.labels.iter().map(|(field, _)| *field));
        let known: std::collections::HashSet<&str> = own.into_iter().chain(worded).chain(EVERYWHERE).collect();
        let base = |name: &'n str| name.split(['[', '-']).next().unwrap_or_default();
        names.into_iter().map(|name| known.contains(base(name))).collect()
    }
}

/// The hidden fields of a step, and its button.
#[cfg(feature = "ssr")]
const EVERYWHERE: [&str; 7] = ["do", "once", "revision", "request", "report", "member", "channel"];

/// The names of a struct's fields, as its `Deserialize` asks for them.
#[cfg(feature = "ssr")]
#[must_use]
pub fn names_of<T: serde::de::DeserializeOwned>() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // It always ends in an error: nothing is read.
    let _ = T::deserialize(Asked(&mut names));
    names
}

/// Notes the names that are asked for, and gives nothing.
#[cfg(feature = "ssr")]
struct Asked<'n>(&'n mut &'static [&'static str]);

#[cfg(feature = "ssr")]
impl<'de> serde::Deserializer<'de> for Asked<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("no struct"))
    }

    fn deserialize_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Makes a server function the type of its form, with the words that differ from the usual names of its fields. A word for
/// a field that is not there does not compile.
///
/// `post! { CancelCase { reason: "キャンセルの理由" } }`; a function that reads its form by itself says into what:
/// `post! { SendReport as ReportForm { date: "活動日" } }`, or names what it reads: `post! { SendOffers, "providers" }`; of
/// fields that carry a row the names stand as text.
macro_rules! post {
    ($form:ident) => { $crate::post::post! { $form as $form {} } };
    ($form:ident, $($more:literal),+ $(,)?) => {
        $crate::post::post! { @known $form as $form [] || vec![$($more),+] }
    };
    ($form:ident, $more:path) => {
        $crate::post::post! { @known $form as $form [] $more }
    };
    ($form:ident, $more:path { $($field:literal: $word:literal),* $(,)? }) => {
        $crate::post::post! { @known $form as $form [$($field, $word;)*] $more }
    };
    ($form:ident { $($field:ident: $word:literal),* $(,)? }) => {
        $crate::post::post! { $form as $form { $($field: $word),* } }
    };
    ($form:ident { $($field:literal: $word:literal),* $(,)? }) => {
        $crate::post::post! { @known $form as $form [$($field, $word;)*] Vec::new }
    };
    ($form:ident as $fields:ty { $($field:ident: $word:literal),* $(,)? }) => {
        $crate::post::post! { @known $form as $fields [$(stringify!($field), $word;)*] Vec::new }
        #[cfg(feature = "ssr")]
        const _: fn(&$fields) = |_fields| { $(let _ = &_fields.$field;)* };
    };
    (@known $form:ident as $fields:ty [$($field:expr, $word:literal;)*] $more:expr) => {
        impl $crate::post::Post for $form {
            const LABELS: $crate::post::Labels = &[$(($field, $word)),*];
            #[cfg(feature = "ssr")]
            type Fields = $fields;
        }
        #[cfg(feature = "ssr")]
        leptos::server_fn::inventory::submit! {
            $crate::post::Known {
                path: <$form as leptos::server_fn::ServerFn>::PATH,
                labels: <$form as $crate::post::Post>::LABELS,
                fields: || {
                    let more: fn() -> Vec<&'static str> = $more;
                    let mut fields = more();
                    fields.extend($crate::post::names_of::<$form>());
                    fields.extend($crate::post::names_of::<$fields>());
                    fields
                },
            }
        }
    };
}
pub(crate) use post;

/// A field of a kept form by its name in the form's type, which is checked here: name, what was typed, what is to be
/// fixed. `field!(kept.children[])` is the one that is sent as `children[]`.
#[cfg(feature = "ssr")]
macro_rules! field {
    ($kept:ident.$field:ident) => {
        $kept.checked(
            |fields| {
                let _ = &fields.$field;
            },
            stringify!($field),
        )
    };
    ($kept:ident.$field:ident[]) => {
        $kept.checked(
            |fields| {
                let _ = &fields.$field;
            },
            concat!(stringify!($field), "[]"),
        )
    };
}
#[cfg(feature = "ssr")]
pub(crate) use field;

/// Where a form is sent. A page is given one by what it opened (`kept.to()`) and can write none by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    path: Cow<'static, str>,
    came_back: bool,
}

impl Address {
    /// A server function's.
    pub(crate) fn of<F: ServerFn>(came_back: bool) -> Self {
        Self { path: Cow::Borrowed(F::PATH), came_back }
    }

    /// One that is no server function's: the demo's clock.
    #[cfg(feature = "ssr")]
    pub(crate) const fn beside(path: &'static str) -> Self {
        Self { path: Cow::Borrowed(path), came_back: false }
    }

    /// The one that the form at hand was just sent to.
    #[cfg(feature = "ssr")]
    pub(crate) fn again(visitor: &crate::visit::Visitor) -> Self {
        Self { path: Cow::Owned(visitor.path.clone()), came_back: true }
    }

    /// Whether the form came back, and so stands open.
    #[must_use]
    pub const fn came_back(&self) -> bool {
        self.came_back
    }

    /// The address as text.
    #[must_use]
    pub fn into_path(self) -> Cow<'static, str> {
        self.path
    }
}

#[cfg(all(test, feature = "ssr"))]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]
mod tests {
    use super::Known;
    use crate::form::API;
    use leptos::server_fn::axum::server_fn_paths;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    /// The sources of the crate without their tests.
    fn sources() -> Vec<(PathBuf, String)> {
        fn below(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    below(&path, found);
                } else {
                    let text = fs::read_to_string(&path).unwrap();
                    let product = text.split("\nmod tests {").next().unwrap_or_default().to_owned();
                    found.push((path, product));
                }
            }
        }
        let mut found = Vec::new();
        below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        found
    }

    #[test]
    fn every_server_function_is_a_form_with_its_words() {
        let functions: BTreeSet<&str> = server_fn_paths().map(|(path, _)| path).collect();
        let forms: BTreeSet<&str> = Known::all().map(|known| known.path).collect();
        assert!(functions.len() > 40, "{functions:?}");
        assert_eq!(functions, forms, "`post! {{ … }}` stands beside each of them");
    }

    #[test]
    fn a_form_knows_its_fields_and_no_others() {
        let has = |path: &str, names: &[&str]| Known::at(path).unwrap().has(names.iter().copied());
        assert_eq!(
            has("/api/requests", &["children[]", "notes", "once", "junk", ""]),
            [true, true, true, false, false]
        );
        assert_eq!(has("/api/members", &["child_name[3]", "family_name", "evidence"]), [true, true, false]);
        assert_eq!(has("/api/member-names", &["family_name", "no", "town"]), [true, true, false]);
        assert_eq!(has("/api/notes", &["note", "call_on", "noted"]), [true, true, false]);
        // A press of a button, and nothing else.
        let bare: Vec<_> = Known::all().filter(|known| (known.fields)().is_empty()).map(|known| known.path).collect();
        assert_eq!(bare.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(["/api/establishments", "/api/logouts"]));
    }

    #[test]
    fn no_page_writes_the_address_of_a_form() {
        let written = sources().into_iter().filter(|(_, text)| {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            code.flat_map(|line| line.split('"')).any(|part| part.len() > API.len() && part.starts_with(API))
        });
        assert_eq!(written.map(|(path, _)| path).collect::<Vec<_>>(), Vec::<PathBuf>::new());
    }

    #[test]
    fn an_address_comes_of_an_opened_form() {
        let makers = ["src/post.rs", "src/form.rs", "src/page.rs", "src/demo.rs"];
        for (path, text) in sources() {
            let may = path.iter().any(|part| part == "gallery") || makers.iter().any(|file| path.ends_with(file));
            assert!(may || !text.contains("Address::"), "{} makes an address by itself", path.display());
        }
    }

    #[test]
    fn a_word_replaces_no_word_of_its_own() {
        for known in Known::all() {
            let fields: BTreeSet<&str> = known.labels.iter().map(|(field, _)| *field).collect();
            assert_eq!(fields.len(), known.labels.len(), "{} names a field twice", known.path);
        }
    }
}

//! One form contract: the struct that `#[server]` makes of a function is the form's type, its `PATH` the one address,
//! and the words of its fields stand beside it ([`post!`]).
//!
//! A page opens what came back with `form::kept::<CancelCase>()` and hands it on: `kept.to()` is where the form is sent,
//! `field!(kept.reason)` is a field's name, what was typed and what is to be mended, all at once.

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

/// A form as the frame of a page knows it: by its address, with its words.
#[cfg(feature = "ssr")]
#[derive(Debug)]
pub struct Known {
    /// Where it is sent.
    pub path: &'static str,
    /// What its fields are called.
    pub labels: Labels,
}

#[cfg(feature = "ssr")]
leptos::server_fn::inventory::collect!(Known);

#[cfg(feature = "ssr")]
impl Known {
    /// Every form.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        leptos::server_fn::inventory::iter::<Self>.into_iter()
    }
}

/// Makes a server function the type of its form, with the words that differ from the usual names of its fields. A word for
/// a field that is not there does not compile.
///
/// `post! { CancelCase { reason: "キャンセルの理由" } }`; a function that reads its form by itself says into what:
/// `post! { SendReport as ReportForm { date: "活動日" } }`; of fields that carry a row the names stand as text.
macro_rules! post {
    ($form:ident) => { $crate::post::post! { $form as $form {} } };
    ($form:ident { $($field:ident: $word:literal),* $(,)? }) => {
        $crate::post::post! { $form as $form { $($field: $word),* } }
    };
    ($form:ident { $($field:literal: $word:literal),* $(,)? }) => {
        $crate::post::post! { @known $form as $form [$($field, $word;)*] }
    };
    ($form:ident as $fields:ty { $($field:ident: $word:literal),* $(,)? }) => {
        $crate::post::post! { @known $form as $fields [$(stringify!($field), $word;)*] }
        #[cfg(feature = "ssr")]
        const _: fn(&$fields) = |_fields| { $(let _ = &_fields.$field;)* };
    };
    (@known $form:ident as $fields:ty [$($field:expr, $word:literal;)*]) => {
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
            }
        }
    };
}
pub(crate) use post;

/// A field of a kept form by its name in the form's type, which is checked here: name, what was typed, what is to be
/// mended. `field!(kept.children[])` is the one that is sent as `children[]`.
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

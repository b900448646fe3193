//! Fields of one line: label → 「※必須」 → support text → control → error text.
//!
//! The browser checks nothing (no `required`, no `pattern`): the server answers with all faults at once.

use super::form_field::Field;
use domain::horizon::DayFor;
use leptos::{html, prelude::*};

/// The id of a control's support text.
#[must_use]
pub fn support_id(id: &str) -> String {
    format!("{id}-support")
}

/// The id of a control's error text.
#[must_use]
pub fn error_id(id: &str) -> String {
    format!("{id}-error")
}

/// The value of `aria-describedby` for a control with this support and error text.
#[must_use]
pub fn described_by(id: &str, support: &str, error: Option<&str>) -> Option<String> {
    match (support.is_empty(), error.is_some()) {
        (true, false) => None,
        (false, false) => Some(support_id(id)),
        (true, true) => Some(error_id(id)),
        (false, true) => Some(format!("{} {}", support_id(id), error_id(id))),
    }
}

/// Keeps a signal and a control in step. What the page already holds wins at the start: a person may have typed, or the
/// browser restored a form, before the script arrived.
pub(crate) fn follow<T>(bind: RwSignal<T>, read: impl Fn() -> Option<T> + 'static, write: impl Fn(&T) + 'static)
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    Effect::new(move |seen: Option<bool>| {
        let Some(shown) = read() else { return false };
        let wanted = bind.get();
        if shown != wanted {
            if seen == Some(true) {
                write(&wanted);
            } else {
                bind.set(shown);
            }
        }
        true
    });
}

/// The word beside the label of a field that needs an answer.
#[component]
pub(crate) fn Must(required: bool) -> impl IntoView {
    required.then(|| view! { <span class="kp-field__must">"※必須"</span> }).into_any()
}

/// The sentence of help between label and control.
#[component]
pub(crate) fn Support(id: String, text: String) -> impl IntoView {
    (!text.is_empty()).then(|| view! { <p class="kp-field__support" id=support_id(&id)>{text}</p> }).into_any()
}

/// The fault, below the control.
#[component]
pub(crate) fn FieldFault(id: String, error: Option<String>) -> impl IntoView {
    error.map(|text| view! { <p class="kp-field__error" id=error_id(&id)>{format!("＊{text}")}</p> }).into_any()
}

/// Label, help and fault around one control.
#[component]
pub(crate) fn FieldFrame(
    id: String,
    label: String,
    required: bool,
    support: String,
    error: Option<String>,
    children: Children,
) -> impl IntoView {
    let class = if error.is_some() { "kp-field kp-field--error" } else { "kp-field" };
    view! {
        <div class=class>
            <label class="kp-field__label" for=id.clone()>
                {label}
                <Must required />
            </label>
            <Support id=id.clone() text=support />
            <div class="kp-field__control">{children()}</div>
            <FieldFault id error />
        </div>
    }
    .into_any()
}

/// Several short fields side by side where there is room, such as 開始 and 終了.
#[component]
pub fn FieldGroup(
    /// The fields.
    children: Children,
) -> impl IntoView {
    view! { <div class="kp-fields">{children()}</div> }.into_any()
}

/// How an `<input>` differs from its siblings.
#[derive(Clone, Copy)]
struct Kind {
    input: &'static str,
    mode: Option<&'static str>,
    class: &'static str,
    unit: Option<&'static str>,
}

const TEXT: Kind = Kind { input: "text", mode: None, class: "kp-input", unit: None };

struct Line {
    field: Field,
    label: String,
    required: bool,
    support: String,
    autocomplete: Option<String>,
    bind: Option<RwSignal<String>>,
    /// Of a date, what it is asked for: `calendar.js` asks the server which days that leaves.
    days: Option<DayFor>,
}

fn line_field(kind: Kind, line: Line) -> impl IntoView {
    let Line { field, label, required, support, autocomplete, bind, days } = line;
    let (name, id, error) = (field.name().to_owned(), field.id().to_owned(), field.fault());
    // No page ever gives a password back.
    let value = if kind.input == "password" { String::new() } else { field.value() };
    let described = described_by(&id, &support, error.as_deref());
    let described = match (described, kind.unit) {
        (described, None) => described,
        (None, Some(_)) => Some(format!("{id}-unit")),
        (Some(others), Some(_)) => Some(format!("{others} {id}-unit")),
    };
    let invalid = error.is_some().then_some("true");
    let unit = kind.unit.map(|unit| view! { <span class="kp-field__unit" id=format!("{id}-unit")>{unit}</span> });
    // Woken by `boot.js`; without script there is no such button.
    let show = (kind.input == "password").then(|| {
        view! {
            <button class="kp-button kp-button--text" type="button" data-does="show" aria-controls=id.clone() hidden>
                <span>"パスワードを表示する"</span>
            </button>
        }
    });
    let node = NodeRef::<html::Input>::new();
    if let Some(bind) = bind {
        follow(
            bind,
            move || node.get().map(|input| input.value()),
            move |text| {
                if let Some(input) = node.get_untracked() {
                    input.set_value(text);
                }
            },
        );
    }
    let typed = move |event| {
        if let Some(bind) = bind {
            bind.set(event_target_value(&event));
        }
    };
    // In a document `off` would also keep the browser from bringing back what was typed; `forms.js` says it instead.
    let (autocomplete, own) = match autocomplete {
        Some(off) if off == "off" => (None, Some("")),
        other => (other, None),
    };
    let control = view! {
        <input
            class=kind.class
            type=kind.input
            inputmode=kind.mode
            id=id.clone()
            name=name
            value=value
            autocomplete=autocomplete
            data-own=own
            data-days=days.map(DayFor::key)
            aria-invalid=invalid
            aria-describedby=described
            node_ref=node
            on:input=typed
        />
        {unit}
        {show}
    };
    view! { <FieldFrame id label required support error>{control}</FieldFrame> }.into_any()
}

/// The help of a date: an example of today, where a request is at hand; islands, which draw themselves again, are given
/// theirs.
fn example_here() -> String {
    #[cfg(feature = "ssr")]
    if let Ok(visitor) = crate::visit::visitor() {
        return crate::words::field::date_example(visitor.env.clock.today());
    }
    domain::time::parse_iso_date("2024-03-30").map_or_else(String::new, crate::words::field::date_example)
}

/// Writes a field of one line. All take the same; what differs is the kind of `<input>`, the help that stands there
/// unless other help is given, and what the browser may fill in.
macro_rules! line_fields {
    ($($(#[$doc:meta])+ $field:ident: $kind:expr, $support:expr, $autocomplete:literal;)+) => {$(
        $(#[$doc])+
        #[component]
        pub fn $field(
            /// The field of the form: its name, what it holds, what is to be fixed.
            #[prop(into)]
            field: Field,
            /// What is asked for.
            #[prop(into)]
            label: String,
            /// Whether an answer is needed.
            #[prop(optional)]
            required: bool,
            /// One sentence of help between label and control.
            #[prop(default = ($support).to_string(), into)]
            support: String,
            /// The purpose for the browser's own filling in, `family-name`; `off` on a form about somebody else.
            #[prop(default = $autocomplete.to_owned(), into)]
            autocomplete: String,
            /// A signal that follows what is typed.
            #[prop(optional)]
            bind: Option<RwSignal<String>>,
        ) -> impl IntoView {
            let autocomplete = (!autocomplete.is_empty()).then_some(autocomplete);
            line_field($kind, Line { field, label, required, support, autocomplete, bind, days: None }).into_any()
        }
    )+};
}

line_fields! {
    /// A field for one line of text.
    TextField: TEXT, "", "";

    /// A field for a time of day: 「9:30」, 「0930」 or 「９時半」 as the server understands it.
    TimeField: Kind { mode: Some("numeric"), class: "kp-input kp-input--time", ..TEXT }, "例：9:30 や 930", "off";

    /// A field for a number that may have a decimal point, such as 平熱: a telephone shows digits and the point.
    DecimalField: Kind { mode: Some("decimal"), ..TEXT }, "", "off";

    /// A field for an amount in yen, with 円 behind it.
    YenField: Kind { mode: Some("numeric"), class: "kp-input kp-input--yen", unit: Some("円"), ..TEXT }, "", "off";

    /// A field for a telephone number, with or without hyphens.
    TelField: Kind { input: "tel", class: "kp-input kp-input--tel", ..TEXT }, "", "tel";

    /// A field for a postal code, with or without its hyphen, which the keypad of a phone has not.
    PostalField: Kind { mode: Some("numeric"), class: "kp-input kp-input--time", ..TEXT }, "例：226-0025", "off";

    /// A field for a mail address. Not `type=email`: browsers rewrite what was typed there.
    MailField: Kind { mode: Some("email"), ..TEXT }, "", "email";

    /// A field for a password; it can be pasted into, filled by a manager. Its `autocomplete` is
    /// `new-password` where one is chosen.
    PasswordField: Kind { input: "password", ..TEXT }, "", "current-password";
}

/// A field for a day. Written, so 「2024-03-30」, 「3月30日」 or 「令和6年3月30日」 are all taken and what was typed can be
/// shown again; the server reads it. With script a calendar stands beside it (`calendar.js`).
#[component]
pub fn DateField(
    /// The field of the form: its name, what it holds, what is to be fixed.
    #[prop(into)]
    field: Field,
    /// What is asked for.
    #[prop(into)]
    label: String,
    /// What the day is asked for, which decides the days that the calendar offers.
    days: DayFor,
    /// Whether an answer is needed.
    #[prop(optional)]
    required: bool,
    /// One sentence of help between label and control.
    #[prop(default = example_here(), into)]
    support: String,
    /// A signal that follows what is typed.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
) -> impl IntoView {
    let kind = Kind { class: "kp-input kp-input--date", ..TEXT };
    let autocomplete = Some("off".to_owned());
    line_field(kind, Line { field, label, required, support, autocomplete, bind, days: Some(days) }).into_any()
}

//! The only place that writes a `<textarea>`: leptos 0.8 does not escape its children on the server.

use super::field::{FieldFrame, described_by, follow};
use super::form_field::Field;
use leptos::{html, prelude::*};

/// A field for several lines of text.
#[component]
pub fn TextArea(
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
    #[prop(optional, into)]
    support: String,
    /// Visible lines.
    #[prop(default = 4)]
    rows: u8,
    /// A signal that follows what is typed.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
) -> impl IntoView {
    let (name, id, value, error) = (field.name().to_owned(), field.id().to_owned(), field.value(), field.fault());
    let described = described_by(&id, &support, error.as_deref());
    let invalid = error.is_some().then_some("true");
    let node = NodeRef::<html::Textarea>::new();
    if let Some(bind) = bind {
        follow(
            bind,
            move || node.get().map(|area| area.value()),
            move |text| {
                if let Some(area) = node.get_untracked() {
                    area.set_value(text);
                }
            },
        );
    }
    let typed = move |event| {
        if let Some(bind) = bind {
            bind.set(event_target_value(&event));
        }
    };
    let control = view! {
        <textarea
            class="kp-input kp-input--area"
            id=id.clone()
            name=name
            rows=rows.to_string()
            aria-invalid=invalid
            aria-describedby=described
            node_ref=node
            on:input=typed
            inner_html=body(&value)
        ></textarea>
    };
    view! { <FieldFrame id label required support error>{control}</FieldFrame> }.into_any()
}

/// The text as the element's content. A parser drops one line break right after the start tag, so a document needs one
/// more than the text has; `innerHTML` drops none.
fn body(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    if cfg!(feature = "ssr") { format!("\n{escaped}") } else { escaped }
}

#[cfg(all(test, feature = "ssr"))]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        Owner::new().with(|| view! { <TextArea field=Field::new("notes").or(text) label="連絡事項" /> }.to_html())
    }

    #[test]
    fn text_cannot_leave_the_element() {
        let html = html("</textarea><script>alert(1)</script> & \"'");
        assert!(!html.contains("<script>"), "{html}");
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; \"'</textarea>"), "{html}");
    }

    #[test]
    fn a_leading_line_break_survives() {
        assert!(html("\n二行目").contains(">\n\n二行目</textarea>"));
    }
}

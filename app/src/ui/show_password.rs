//! The button that shows a password while it is typed.

use leptos::prelude::*;

/// Shows or hides what is typed into a password field; without script there is no such button.
#[cfg_attr(feature = "csr", component)]
#[cfg_attr(not(feature = "csr"), island)]
pub fn ShowPassword(
    /// The id of the field.
    field: String,
) -> impl IntoView {
    let awake = RwSignal::new(false);
    let shown = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    let controls = field.clone();
    let switch = move |_| {
        shown.update(|shown| *shown = !*shown);
        if let Some(input) = document().get_element_by_id(&field) {
            // The field is as the server drew it; an attribute that cannot be set leaves it as it is.
            let _ = input.set_attribute("type", if shown.get_untracked() { "text" } else { "password" });
        }
    };
    view! {
        <button
            class="kp-button kp-button--text"
            type="button"
            aria-controls=controls
            hidden=move || !awake.get()
            on:click=switch
        >
            <span>
                {move || if shown.get() { "パスワードを隠す" } else { "パスワードを表示する" }}
            </span>
        </button>
    }
}

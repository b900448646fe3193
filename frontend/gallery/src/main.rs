//! The component gallery by itself: drawn in the browser alone, without a server or a database.

use app::gallery::Gallery;
use leptos::{ev, prelude::*};

fn main() {
    mount_to_body(|| {
        let show = RwSignal::new(location_hash().unwrap_or_default());
        window_event_listener(ev::hashchange, move |_| show.set(location_hash().unwrap_or_default()));
        move || view! { <Gallery show=show.get() /> }
    });
}

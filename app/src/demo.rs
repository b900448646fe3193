//! What only the demo city shows: its accounts on the login page, its clock above the header.

use crate::post::Address;
use crate::ui::{Form, Hidden};
use crate::visit::Visitor;
use domain::policy::{Right, opens};
use domain::time::{clock, japanese_date, rfc3339};
use leptos::prelude::*;
use service::demo::Demo;

/// The accounts on the login page.
pub fn accounts(demo: Demo) -> impl IntoView {
    let rows = demo
        .accounts
        .iter()
        .map(|account| view! { <tr><td><code>{account.user_id}</code></td><td>{account.who}</td></tr> })
        .collect_view();
    view! {
        <section class="kp-demo-accounts" aria-labelledby="demo-accounts">
            <h2 id="demo-accounts">"おためしの人たち"</h2>
            <p>"パスワードは、どなたも " <code>{demo.password}</code> " です。"</p>
            <table>
                <thead><tr><th scope="col">"ユーザーID"</th><th scope="col">"だれ"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

/// The demo's clock; staff can move it forward.
pub fn clock_bar(visitor: &Visitor) -> impl IntoView + use<> {
    let now = visitor.env.clock.now();
    let text =
        format!("おためしの時計 {}年{} {}", now.date().year(), japanese_date(now.date(), now.date()), clock(now));
    let staff = opens(Right::MoveClock, visitor.session.as_ref().map(|session| &session.actor.role));
    let back = visitor.path.clone();
    let button = move |to: &'static str, label: &'static str| {
        let back = back.clone();
        view! {
            <Form to=Address::beside("/demo/clock")>
                <Hidden name="back" value=back />
                <Hidden name="to" value=to />
                <button class="kp-demo-clock__button">{label}</button>
            </Form>
        }
    };
    view! {
        <div class="kp-demo-clock">
            <time datetime=rfc3339(now)>{text}</time>
            {staff.then(|| [button("next-day", "翌日へ"), button("next-5th", "次の5日へ")].collect_view())}
        </div>
    }
}

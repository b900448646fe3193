//! The login page and the logout button.

use super::api::{SetTextSize, SignIn, SignOut};
use crate::form::{API, Kept, fresh, kept};
use crate::page::{Page, page, redirect};
use crate::post::field;
use crate::ui::{Actions, Button, ButtonKind, Form, Hidden, IconName, Notice, PageHead, PasswordField, TextField};
use crate::visit::{query, visitor};
use axum::http::{HeaderName, HeaderValue, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use service::session::TextSize;

/// The session cookie's name: `__Host-` binds it to this origin, to HTTPS and to the whole site.
pub const COOKIE: &str = "__Host-sid";

/// The cookie by which a device is known on which somebody signed in before.
pub const DEVICE: &str = "__Host-device";

/// Sets the cookie of a device: it says nothing but that this user ID signed in here before, and stays after logout.
pub fn set_device(device: &str) {
    let year = 365 * 24 * 60 * 60;
    put_cookie(format!("{DEVICE}={device}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={year}"));
}

/// Lets the browser forget the pages it kept; the cookie ends by itself (ADR 10).
pub fn forget_pages() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    }
}

/// Sets or clears the session cookie on the response at hand.
pub fn set_cookie(token: Option<&str>) {
    let life = if token.is_some() { 30 * 24 * 60 * 60 } else { 0 };
    let value = format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={life}", token.unwrap_or(""));
    put_cookie(value);
}

fn put_cookie(value: String) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&value)) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// The query value of a login that asks for another user ID than the one signed in.
pub const OTHER: &str = "other";

/// The longest path that a login leads on to, with its query.
pub const LONGEST_NEXT: usize = 2048;

/// The path to go to after login: only paths of our own, in ASCII; everything else is the home page.
#[must_use]
pub fn safe_next(next: &str) -> String {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let plain = next.len() <= LONGEST_NEXT && next.bytes().all(|byte| byte.is_ascii_graphic());
    if ours && plain && !next.starts_with("/login") && !next.starts_with(API) { next.to_owned() } else { "/".into() }
}

/// `/login`
#[component]
pub fn LoginPage() -> impl IntoView {
    let next = query("next").unwrap_or_default();
    page(async move {
        let visitor = visitor()?;
        let other = visitor.query(OTHER).is_some() && visitor.session.is_some();
        if visitor.session.is_some() && !other {
            return redirect(&safe_next(&next));
        }
        let form = kept::<SignIn>().await;
        let accounts = visitor.env.demo.map(crate::demo::accounts);
        // A form waits behind the login: it was sent after the session had ended.
        let other = other.then(|| {
            view! {
                <Notice title="ほかのユーザーIDで開いた画面から送られました">
                    <p>"まだ登録していません。その画面を開いたときのユーザーIDでログインすると、入力の続きから始められます。"</p>
                    <p><a href="/">"いまのユーザーIDのまま、ホームへ戻る"</a></p>
                </Notice>
            }
        });
        let waiting = (other.is_none() && next.contains("form=")).then(|| {
            view! {
                <Notice title="ログインの時間が切れました">
                    <p>"ログインすると、入力の続きから始められます。"</p>
                </Notice>
            }
        });
        Ok(Page::new(
            "ログイン",
            view! { <PageHead title="ログイン" />{other}{waiting}{login_form(&form, next)}{accounts} },
        ))
    })
}

fn login_form(kept: &Kept<SignIn>, next: String) -> impl IntoView + use<> {
    let (user_id, password) = (field!(kept.user_id), field!(kept.password));
    view! {
        <Form to=kept.to()>
            <Hidden name="next" value=next />
            <TextField field=user_id label="ユーザーID" required=true autocomplete="username" />
            <PasswordField
                field=password
                label="パスワード"
                required=true
                autocomplete="current-password"
            />
            <Actions>
                <Button kind=ButtonKind::Primary>"ログイン"</Button>
            </Actions>
        </Form>
        <p>"ユーザーIDやパスワードがわからないときは、お住まいの区の支部へお電話ください。"</p>
        <ul class="kp-links">
            <li><a href="/contacts">"支部の電話番号"</a></li>
            <li><a href="/guide">"しくみと流れ"</a></li>
        </ul>
    }
}

/// The logout button at the end of the menu.
#[component]
pub fn LogoutForm() -> impl IntoView {
    view! {
        <Form to={fresh::<SignOut>().to()}>
            <Button kind=ButtonKind::Text icon=IconName::Leave>"ログアウト"</Button>
        </Form>
    }
}

/// 大きな文字: the buttons that change the size of letters on every page of this person. The page's own size hides the one
/// that would change nothing, so the size can change in place.
#[component]
pub fn TextSizeForm(
    /// The page to show again.
    #[prop(into)]
    here: String,
) -> impl IntoView {
    [(TextSize::Large, "文字を大きくする"), (TextSize::Normal, "文字をもとの大きさに戻す")]
        .map(|(to, word)| {
            let here = here.clone();
            view! {
                <div class=format!("kp-size kp-size--{}", to.key())>
                    <Form to={fresh::<SetTextSize>().to()}>
                        <Hidden name="text_size" value=to.key() />
                        <Hidden name="next" value=here />
                        <Button kind=ButtonKind::Text icon=IconName::Letters>{word}</Button>
                    </Form>
                </div>
            }
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_NEXT, safe_next};

    #[test]
    fn only_our_own_paths_follow_a_login() {
        assert_eq!(safe_next("/requests/CDK0036630?form=x"), "/requests/CDK0036630?form=x");
        for foreign in
            ["", "https://example.org/", "//example.org", "/\\example.org", "/ä", "/a b", "/login", "/api/logouts"]
        {
            assert_eq!(safe_next(foreign), "/", "{foreign}");
        }
        assert_eq!(safe_next(&format!("/{}", "x".repeat(LONGEST_NEXT))), "/");
    }
}

//! `/invitations/<token>`: the one-time link with which a person chooses user ID and password. Looking at it uses nothing up.

use crate::fault::Fault;
use crate::form::{Kept, kept};
use crate::page::{Page, page};
use crate::post::{field, post};
use crate::ui::{Actions, Button, ButtonKind, DataList, DataRow, Form, Hidden, PageHead, PasswordField, TextField};
use crate::visit::{param, visitor};
use axum::http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Meta;
use service::invitation::{self, Invitation};

/// The page.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let token = param("token");
    let response = use_context::<ResponseOptions>();
    page(async move {
        let visitor = visitor()?;
        // The address is the secret: no page that is opened from here shall hear it.
        if let Some(response) = &response {
            response.insert_header(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        match invitation::open(&visitor.env, &token).await {
            Ok(opened) => {
                let kept = kept::<Accept>().await;
                let body = view! {
                    // Later than the header, so this one holds for the form: a browser that got `no-referrer` posts
                    // `Origin: null`, and an old one has nothing else to show that the form is ours (docs/adr/0007).
                    <Meta name="referrer" content="same-origin" />
                    {form(&opened, token, &kept)}
                };
                Ok(Page::new("パスワードを決める", body))
            }
            Err(service::Error::NotFound) => {
                if let Some(response) = response {
                    response.set_status(StatusCode::NOT_FOUND);
                }
                Ok(Page::new("このリンクは開けません", gone()))
            }
            Err(error) => Err(error.into()),
        }
    })
}

fn form(opened: &Invitation, token: String, kept: &Kept<Accept>) -> AnyView {
    let (user_id, to) = (field!(kept.user_id), kept.to());
    let (password, again) = (field!(kept.password), field!(kept.password_again));
    let choose_id = opened.user_id.is_none().then(|| {
        view! {
            <TextField
                field=user_id
                label="ユーザーID"
                required=true
                support="ログインに使う名前です。英数字と . - _ の4〜32文字で、覚えやすいものにしてください。"
                autocomplete="username"
            />
        }
    });
    let given_id = opened.user_id.clone().map(|user_id| {
        let shown = user_id.clone();
        view! {
            <DataList>
                <DataRow term="ユーザーID">{shown}</DataRow>
            </DataList>
            // Lets a password manager keep the two together.
            <Hidden name="user_id" value=user_id />
        }
    });
    let least =
        format!("{}文字以上にしてください。短い文のように長いものが、覚えやすく安全です。", opened.least_length);
    let lead = format!("{}さん、子サポへようこそ。これからログインに使うものを決めてください。", opened.name);
    view! {
        <PageHead
            title="パスワードを決める"
            lead=lead
        />
        <Form to>
            <Hidden name="token" value=token />
            {choose_id}
            {given_id}
            <PasswordField
                field=password
                label="パスワード"
                required=true
                support=least
                autocomplete="new-password"
            />
            <PasswordField
                field=again
                label="パスワード（確認）"
                required=true
                support="同じものをもう一度入力してください。"
                autocomplete="new-password"
            />
            <Actions>
                <Button kind=ButtonKind::Primary>"決めてログインする"</Button>
            </Actions>
        </Form>
    }
    .into_any()
}

fn gone() -> impl IntoView {
    view! {
        <PageHead title="このリンクは開けません" />
        <p>"リンクは一度だけ、72時間以内に使えます。すでに使われたか、期限が過ぎたか、新しいリンクに替わっています。"</p>
        <p>"パスワードを決めてある方は、" <a href="/login">"ログイン"</a> "してください。"</p>
        <p>"まだの方は、お住まいの区の支部へお電話ください。新しいリンクをお渡しします。"</p>
        <p><a href="/contacts">"支部の電話番号"</a></p>
    }
}

/// Sets user ID and password, uses the link up and signs the person in.
///
/// # Errors
/// Fields to fix, shown on the link's page; a link that no longer opens.
#[server(prefix = "/api", endpoint = "invitations")]
pub async fn accept(
    #[server(default)] token: String,
    #[server(default)] user_id: String,
    #[server(default)] password: String,
    #[server(default)] password_again: String,
) -> Result<(), Fault> {
    use service::invitation::AcceptForm;
    let plain = token.len() == 43 && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !plain {
        return Err(Fault::NotFound);
    }
    let back = format!("/invitations/{token}");
    crate::form::run_open(back.clone(), &["user_id"], async |visitor| {
        let form = AcceptForm { user_id, password, password_again };
        match service::invitation::accept(&visitor.env, &token, &form).await {
            Ok(cookie) => {
                if let Some(old) = &visitor.token {
                    service::session::end(&visitor.env, old).await?;
                }
                crate::session::set_cookie(Some(&cookie));
                let device = service::session::device(&visitor.env, &form.user_id, visitor.device.as_deref()).await?;
                crate::session::set_device(&device);
                Ok("/".to_owned())
            }
            // Its own page says what to do with a link that has been used.
            Err(service::Error::NotFound) => Ok(back),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

post! { Accept }

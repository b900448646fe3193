//! `POST /api/sessions`, `POST /api/logouts` and `POST /api/text-sizes`.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

/// Signs in; the form also carries `next`, the path to go to afterwards.
///
/// # Errors
/// [`Fault::LoginFailed`] and [`Fault::Throttled`], shown on the login page.
#[server(prefix = "/api", endpoint = "sessions")]
pub async fn sign_in(
    #[server(default)] user_id: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), Fault> {
    use crate::form::{run_open, with_query};
    use domain::fault::{FieldError, FieldFault};
    let next = super::login::safe_next(&next);
    let back = if next == "/" { "/login".to_owned() } else { with_query("/login", "next", &next) };
    run_open(back, &["user_id", "next"], async |visitor| {
        let fields = [("user_id", &user_id), ("password", &password)];
        let missing = fields.iter().filter(|(_, value)| value.trim().is_empty());
        let missing: Vec<_> = missing.map(|(field, _)| FieldError::new(*field, FieldFault::Missing)).collect();
        if !missing.is_empty() {
            return Err(Fault::Invalid(missing));
        }
        let token =
            service::session::sign_in(&visitor.env, &user_id, &password, &visitor.address, visitor.device.as_deref())
                .await?;
        let device = service::session::device(&visitor.env, &user_id, visitor.device.as_deref()).await?;
        if let Some(old) = &visitor.token {
            service::session::end(&visitor.env, old).await?;
        }
        super::login::set_cookie(Some(&token));
        super::login::set_device(&device);
        Ok(next)
    })
    .await
}

post! { SignIn }

/// Signs out; twice is as good as once.
#[server(prefix = "/api", endpoint = "logouts")]
pub async fn sign_out() -> Result<(), Fault> {
    crate::form::run_open("/", &[], async |visitor| {
        if let Some(token) = &visitor.token {
            service::session::end(&visitor.env, token).await?;
        }
        super::login::set_cookie(None);
        super::login::forget_pages();
        Ok("/login".to_owned())
    })
    .await
}

post! { SignOut }

/// 大きな文字: sets the size of letters and shows the same page again.
///
/// # Errors
/// [`Fault::SignedOut`].
#[server(prefix = "/api", endpoint = "text-sizes")]
pub async fn set_text_size(#[server(default)] text_size: String, #[server(default)] next: String) -> Result<(), Fault> {
    use service::session::TextSize;
    let next = super::login::safe_next(&next);
    crate::form::run(next.clone(), async |visit| {
        service::session::set_text_size(&visit.env, &visit.actor, TextSize::from_key(&text_size).unwrap_or_default())
            .await?;
        Ok(next)
    })
    .await
}

post! { SetTextSize }

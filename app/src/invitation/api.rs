//! `POST /api/invitations`.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

/// Sets user ID and password, uses the link up and signs the person in.
///
/// # Errors
/// Fields to mend, shown on the link's page; a link that no longer opens.
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

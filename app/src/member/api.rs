//! What the desk sends about members.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

/// `POST /api/members`: `do` is `add_child` (one more row), `check` (the check page) or `record`.
///
/// # Errors
/// Fields to fix, shown on the form.
#[server(prefix = "/api", endpoint = "members")]
pub async fn record(#[server(default)] r#do: String, #[server(default)] once: String) -> Result<(), Fault> {
    use crate::form;
    use service::member;
    form::run("/desk/members/new", async |visit| {
        let typed = form::submitted();
        match r#do.as_str() {
            "add_child" => {
                let row = super::form::rows(&typed);
                Ok(format!("{}#child_name[{row}]", form::show_again(&visit, "/desk/members/new").await?))
            }
            "record" => {
                let done = member::register(&visit.env, &visit.actor, &super::form::read(&typed), &once).await?;
                Ok(super::link::path(&visit, done.no, &done.token, "new")?)
            }
            _ => {
                member::check(&visit.env, &visit.actor, &super::form::read(&typed))?;
                form::show_again(&visit, "/desk/members/new/check").await
            }
        }
    })
    .await
}

post! { Record, super::form::member_fields {
    "child_name": "{n}人目の子どもの名前",
    "child_kana": "{n}人目の子どもの名前（カナ）",
    "child_birth": "{n}人目の子どもの生年月日",
} }

/// `POST /api/member-searches`: the words are kept by the server, so a name never stands in an address.
#[server(prefix = "/api", endpoint = "member-searches")]
pub async fn search(#[server(default)] q: String) -> Result<(), Fault> {
    use crate::form;
    form::run("/desk/members", async |visit| {
        if q.trim().is_empty() {
            return Ok("/desk/members".to_owned());
        }
        form::show_again(&visit, "/desk/members").await
    })
    .await
}

post! { Search }

/// `POST /api/member-notes`: a note on a member, with the day of a call where one is to be made.
///
/// # Errors
/// An empty note, or a day that cannot be, shown at the member.
#[server(prefix = "/api", endpoint = "member-notes")]
pub async fn note_member(
    #[server(default)] no: String,
    #[server(default)] note: String,
    #[server(default)] call_on: String,
    #[server(default)] once: String,
) -> Result<(), Fault> {
    use domain::number::MemberNo;
    let no = MemberNo::parse(&no).map_err(|_| Fault::NotFound)?;
    let back = format!("/desk/members/{no}");
    crate::form::run(back.clone(), async |visit| {
        let due_on = service::callback::note_member(&visit.env, &visit.actor, no, &note, &call_on, &once).await?;
        Ok(crate::desk::after_note(&back, "note", due_on))
    })
    .await
}

post! { NoteMember { call_on: "要連絡の日" } }

/// `POST /api/member-leaves`: 休止, with a reason.
///
/// # Errors
/// A missing reason, or an agreed activity ahead.
#[server(prefix = "/api", endpoint = "member-leaves")]
pub async fn suspend(#[server(default)] no: String, #[server(default)] reason: String) -> Result<(), Fault> {
    change(&no, "suspend", async |visit, no| Ok(service::member::suspend(&visit.env, &visit.actor, no, &reason).await?))
        .await
}

post! { Suspend }

/// `POST /api/member-returns`: 復帰.
///
/// # Errors
/// A member who has left.
#[server(prefix = "/api", endpoint = "member-returns")]
pub async fn resume(#[server(default)] no: String) -> Result<(), Fault> {
    change(&no, "resume", async |visit, no| Ok(service::member::resume(&visit.env, &visit.actor, no).await?)).await
}

post! { Resume }

/// `POST /api/member-names`: family and given name and their readings corrected.
///
/// # Errors
/// Fields to fix; somebody else changed the member meanwhile.
#[server(prefix = "/api", endpoint = "member-names")]
pub async fn change_name(#[server(default)] no: String, #[server(default)] revision: String) -> Result<(), Fault> {
    change(&no, "change_name", async |visit, no| {
        let form = super::form::read_name(&crate::form::submitted());
        let revision = revision.parse().unwrap_or(0);
        Ok(service::member::change_name(&visit.env, &visit.actor, no, &form, revision).await?)
    })
    .await
}

post! { ChangeName, super::form::name_fields }

/// `POST /api/member-contacts`: address, telephone and mail corrected.
///
/// # Errors
/// Fields to fix; somebody else changed the member meanwhile.
#[server(prefix = "/api", endpoint = "member-contacts")]
pub async fn change_contact(#[server(default)] no: String, #[server(default)] revision: String) -> Result<(), Fault> {
    change(&no, "change_contact", async |visit, no| {
        let form = super::form::read_contact(&crate::form::submitted());
        let revision = revision.parse().unwrap_or(0);
        Ok(service::member::change_contact(&visit.env, &visit.actor, no, &form, revision).await?)
    })
    .await
}

post! { ChangeContact, super::form::contact_fields }

/// `POST /api/children`: a child more.
///
/// # Errors
/// Fields to fix.
#[server(prefix = "/api", endpoint = "children")]
pub async fn add_child(
    #[server(default)] no: String,
    #[server(default)] child_name: String,
    #[server(default)] child_kana: String,
    #[server(default)] child_birth: String,
) -> Result<(), Fault> {
    change(&no, "add_child", async |visit, no| {
        let form = service::member::ChildForm { name: child_name, kana: child_kana, birth_date: child_birth };
        Ok(service::member::add_child(&visit.env, &visit.actor, no, &form).await?)
    })
    .await
}

post! { AddChild { child_name: "名前", child_kana: "名前（カナ）", child_birth: "生年月日" } }

/// `POST /api/child-corrections`: a child's name, reading and birth date corrected; the fields carry the child's row.
///
/// # Errors
/// Fields to fix; tickets or a request that the birth date would leave without ground; somebody else changed the
/// member meanwhile.
#[server(prefix = "/api", endpoint = "child-corrections")]
pub async fn change_child(
    #[server(default)] no: String,
    #[server(default)] child: String,
    #[server(default)] revision: String,
) -> Result<(), Fault> {
    change(&no, "change_child", async |visit, no| {
        let child = child.parse().map_err(|_| Fault::NotFound)?;
        let form = super::form::read_child(&crate::form::submitted(), child);
        let revision = revision.parse().unwrap_or(0);
        Ok(service::member::change_child(&visit.env, &visit.actor, no, child, &form, revision).await?)
    })
    .await
}

post! { ChangeChild { "child_name": "名前", "child_kana": "名前（カナ）", "child_birth": "生年月日" } }

/// `POST /api/trainings`: a training or its renewal.
///
/// # Errors
/// Fields to fix.
#[server(prefix = "/api", endpoint = "trainings")]
pub async fn add_training(
    #[server(default)] no: String,
    #[server(default)] training: String,
    #[server(default)] valid_until: String,
) -> Result<(), Fault> {
    change(&no, "add_training", async |visit, no| {
        let form = service::member::TrainingForm { kind: training, valid_until };
        Ok(service::member::add_training(&visit.env, &visit.actor, no, &form).await?)
    })
    .await
}

post! { AddTraining }

/// `POST /api/coupon-issues`: おためし券 for a child.
///
/// # Errors
/// Documents not confirmed, a child without a right to them, or issued before.
#[server(prefix = "/api", endpoint = "coupon-issues")]
pub async fn issue_coupon(
    #[server(default)] no: String,
    #[server(default)] child: String,
    #[server(default)] documents: String,
    #[server(default)] other_child: String,
) -> Result<(), Fault> {
    change(&no, "issue_coupon", async |visit, _| {
        let child = child.parse().map_err(|_| Fault::NotFound)?;
        let confirmed =
            service::coupon::Confirmed { documents: documents == "true", other_child: other_child == "true" };
        Ok(service::coupon::issue(&visit.env, &visit.actor, child, confirmed).await?)
    })
    .await
}

post! { IssueCoupon }

/// `POST /api/member-links`: a new one-time link; the old one ends.
#[server(prefix = "/api", endpoint = "member-links")]
pub async fn invite(#[server(default)] no: String) -> Result<(), Fault> {
    use crate::form;
    let number = domain::number::MemberNo::parse(&no).map_err(|_| Fault::NotFound)?;
    form::run(format!("/desk/members/{number}"), async |visit| {
        let token = service::member::invite(&visit.env, &visit.actor, number).await?;
        super::link::path(&visit, number, &token, "")
    })
    .await
}

post! { Invite }

/// `POST /api/member-link-mails`: a new one-time link, sent to the member's own address; the old one ends.
///
/// # Errors
/// A member without an address.
#[server(prefix = "/api", endpoint = "member-link-mails")]
pub async fn invite_by_mail(#[server(default)] no: String) -> Result<(), Fault> {
    change(&no, "invite_by_mail", async |visit, no| {
        Ok(service::member::invite_by_mail(&visit.env, &visit.actor, no, &visit.visitor.site).await?)
    })
    .await
}

post! { InviteByMail }

/// Runs a change of one member and leads back to the member's page, which says what was done.
#[cfg(feature = "ssr")]
async fn change<W, F>(no: &str, done: &'static str, work: W) -> Result<(), Fault>
where
    W: FnOnce(crate::visit::Visit, domain::number::MemberNo) -> F,
    F: Future<Output = Result<(), Fault>>,
{
    let no = domain::number::MemberNo::parse(no).map_err(|_| Fault::NotFound)?;
    crate::form::run(format!("/desk/members/{no}"), async |visit| {
        work(visit, no).await?;
        Ok(format!("/desk/members/{no}?done={done}"))
    })
    .await
}

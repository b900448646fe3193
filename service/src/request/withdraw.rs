//! 取下げ: before 成立 the family, or the branch for it, ends the search; whoever was asked is told.

use super::lock;
use crate::entity::{care_request, member};
use crate::error::{Error, Result, stored};
use crate::event::{self, By, Happened};
use crate::notice::{Message, tell_coordinators, tell_member};
use crate::{Env, db};
use domain::actor::{Actor, Channel, Party};
use domain::fault::{FieldError, FieldFault};
use domain::input;
use domain::number::{MemberNo, RequestNo};
use domain::refusal::of_request;
use domain::request::{CoordinationStatus, OfferStatus, RequestAction, TABLE};
use domain::time::{Instant, japanese_period};
use domain::workflow::next;
use sea_orm::{DatabaseTransaction, EntityTrait};

/// Characters of 取下げの理由.
pub const REASON_LENGTH: usize = 500;

/// Withdraws a request; whoever wants to may say why.
///
/// `seen` is the revision the page showed; `channel` says how a coordinator was asked, and is Web for the family.
///
/// # Errors
/// [`Error::NotFound`] for strangers and other wards, [`Error::Stale`], [`Error::Invalid`] for a reason too long or
/// without a channel, and the table's refusal from 成立 on.
pub async fn withdraw(
    env: &Env,
    actor: &Actor,
    no: RequestNo,
    seen: i64,
    reason: &str,
    channel: Channel,
) -> Result<()> {
    let tx = env.db.begin().await?;
    let now = env.clock.now();
    let row = lock(&tx, actor, no).await?;
    let from = stored(CoordinationStatus::from_key(&row.status), "coordination status")?;
    if from == CoordinationStatus::Withdrawn {
        return Ok(());
    }
    let party = if actor.coordinator_ward().is_some() { Party::Coordinator } else { Party::Family };
    let to = next(TABLE, from, RequestAction::Withdraw, party).map_err(|refused| of_request(refused, from))?;
    if seen != row.revision {
        return Err(event::stale(actor, event::last_move(&tx, row.id).await?));
    }
    let reason = read_reason(reason)?;
    let with_reason = !reason.is_empty();
    let by = by(&tx, actor, party, row.member_id, channel).await?;
    let sql = "UPDATE care_request SET status = $3, reason = $4, updated_at = $5, revision = revision + 1 \
               WHERE id = $1 AND revision = $2";
    let values = vec![row.id.into(), row.revision.into(), to.key().into(), reason.clone().into(), now.0.into()];
    if db::execute(&tx, sql, values).await? == 0 {
        return Err(Error::Broken("a locked request moved".into()));
    }
    let what = Happened {
        ward: Some(row.ward.clone()),
        request: Some(row.id),
        action: RequestAction::Withdraw.key(),
        from: Some(from.key()),
        to: Some(to.key()),
        reason: Some(reason).filter(|reason| !reason.is_empty()),
        ..Happened::default()
    };
    event::record(&tx, now, &by, what).await?;
    let asked = close_offers(&tx, row.id, now).await?;
    if from != CoordinationStatus::Draft {
        tell(env, &tx, &row, no, (party, with_reason), &asked, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn read_reason(reason: &str) -> Result<String> {
    let read = input::parse_text(reason, REASON_LENGTH);
    read.map_err(|fault| Error::Invalid(vec![FieldError::new("reason", fault)]))
}

async fn by<'a>(
    tx: &DatabaseTransaction,
    actor: &'a Actor,
    party: Party,
    family: i64,
    channel: Channel,
) -> Result<By<'a>> {
    if party == Party::Family {
        return Ok(By::web(actor));
    }
    if !matches!(channel, Channel::Phone | Channel::Paper | Channel::Counter) {
        return Err(Error::Invalid(vec![FieldError::new("channel", FieldFault::Missing)]));
    }
    let family = member::Entity::find_by_id(family).one(tx).await?.ok_or(Error::NotFound)?;
    let no = MemberNo(u32::try_from(family.member_no).unwrap_or_default());
    Ok(By::for_member(actor, format!("{}{}（{no}）", family.family_name, family.given_name), channel))
}

/// Ends every open offer and returns the providers who were asked.
async fn close_offers(tx: &DatabaseTransaction, request: i64, now: Instant) -> Result<Vec<i64>> {
    #[derive(sea_orm::FromQueryResult)]
    struct Asked {
        provider_id: i64,
    }
    let sql = "UPDATE offer SET status = $2, answered_at = $3 WHERE request_id = $1 AND status IN ($4, $5) \
               RETURNING provider_id";
    let values = vec![
        request.into(),
        OfferStatus::Closed.key().into(),
        now.0.into(),
        OfferStatus::Sent.key().into(),
        OfferStatus::Seen.key().into(),
    ];
    let asked = db::rows::<Asked, _>(tx, sql, values).await?;
    Ok(asked.into_iter().map(|asked| asked.provider_id).collect())
}

async fn tell(
    env: &Env,
    tx: &DatabaseTransaction,
    row: &care_request::Model,
    no: RequestNo,
    (party, with_reason): (Party, bool),
    asked: &[i64],
    now: Instant,
) -> Result<()> {
    let real_now = env.clock.real_now();
    let when = japanese_period(Instant(row.starts_at), Instant(row.ends_at), now.date());
    let head = format!("依頼ID {no}\n日時 {when}\n\n");
    let message = |subject: &str, text: &str, link: String| Message {
        subject: subject.to_owned(),
        body: format!("{head}{text}"),
        link,
    };
    let thanks = "この依頼は取り下げられました。\nご検討いただき、ありがとうございました。";
    for provider in asked {
        let message = message("援助のお願いが終わりました", thanks, "/offers".to_owned());
        tell_member(tx, now, real_now, *provider, &message).await?;
    }
    if let Some(provider) = row.provider_id {
        let thanks = "この依頼は取り下げられました。\nお引き受けいただき、ありがとうございました。";
        let message = message("援助の予定がなくなりました", thanks, "/coordination".to_owned());
        tell_member(tx, now, real_now, provider, &message).await?;
    }
    if party == Party::Family {
        let text = if with_reason {
            "理由は依頼のページにあります。"
        } else {
            "理由の記入はありません。"
        };
        let message = message("依頼が取り下げられました", text, format!("/desk/requests/{no}"));
        return tell_coordinators(tx, now, real_now, &row.ward, &message).await;
    }
    let text = "支部がお申し出を受けて、この依頼を取り下げました。";
    tell_member(tx, now, real_now, row.member_id, &message("依頼を取り下げました", text, format!("/requests/{no}")))
        .await
}

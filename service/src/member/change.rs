//! Keeping a member up to date: leave and return, children, trainings, a new link.

use super::register::{NewChild, insert_child, insert_training};
use super::{load, touch};
use crate::entity::{care_request, child, member, training};
use crate::error::{Error, Result};
use crate::event::{self, By, Happened};
use crate::notice::{Message, tell_member};
use crate::{Env, invitation, reason};
use domain::actor::Actor;
use domain::event::{Event, Trained};
use domain::fault::{FieldError, FieldFault};
use domain::input::{parse_date, parse_kana, parse_name};
use domain::member::{MembershipStatus, REQUIRED_TRAININGS, TrainingKind};
use domain::number::MemberNo;
use domain::refusal::Refusal;
use domain::request::{CoordinationStatus, last_eligible_day};
use domain::time::{Date, japanese_date};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// A child as typed.
#[derive(Clone, Debug, Default)]
pub struct ChildForm {
    /// 名（漢字）
    pub name: String,
    /// 名（カナ）
    pub kana: String,
    /// 生年月日
    pub birth_date: String,
}

impl ChildForm {
    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.name, &self.kana, &self.birth_date].iter().all(|text| text.trim().is_empty())
    }
}

/// A training as typed.
#[derive(Clone, Debug, Default)]
pub struct TrainingForm {
    /// Which.
    pub kind: String,
    /// 有効期限
    pub valid_until: String,
}

/// Reads a child. `field` names a field in the form, `child_name[1]` where it has several; the birth date already on
/// record is not held against the age again.
pub(super) fn parse_child(
    typed: &ChildForm,
    today: Date,
    on_record: Option<Date>,
    field: impl Fn(&str) -> String,
) -> Result<NewChild, Vec<FieldError>> {
    let mut faults = Vec::new();
    let name = parse_name(&typed.name);
    let kana = parse_kana(&typed.kana);
    let birth = parse_date(&typed.birth_date);
    if let Err(fault) = &name {
        faults.push(FieldError::new(field("child_name"), FieldFault::Input(*fault)));
    }
    if let Err(fault) = &kana {
        faults.push(FieldError::new(field("child_kana"), FieldFault::Input(*fault)));
    }
    match &birth {
        Err(fault) => faults.push(FieldError::new(field("child_birth"), FieldFault::Input(*fault))),
        Ok(birth) if *birth > today => faults.push(FieldError::new(field("child_birth"), FieldFault::Future)),
        Ok(birth) if on_record != Some(*birth) && today > last_eligible_day(*birth) => {
            let name = name.clone().unwrap_or_default();
            faults.push(FieldError::new(field("child_birth"), FieldFault::ChildNotEligible(vec![name])));
        }
        Ok(_) => {}
    }
    match (name, kana, birth) {
        (Ok(name), Ok(kana), Ok(birth_date)) if faults.is_empty() => Ok(NewChild { name, kana, birth_date }),
        _ => Err(faults),
    }
}

/// Tells a member of a change that the branch made to the membership.
async fn tell<C: ConnectionTrait>(
    env: &Env,
    transaction: &C,
    member: &member::Model,
    subject: &str,
    text: &str,
) -> Result<()> {
    let body = format!("{text}\n\nお心当たりがないときは、支部へお電話ください。");
    let message = Message { subject: subject.to_owned(), body, link: String::new() };
    tell_member(transaction, env.clock.now(), env.clock.real_now(), member.id, &message).await
}

fn happened(member: &member::Model, event: Event) -> Happened {
    Happened { ward: Some(member.ward.clone()), member: Some(member.id), ..Happened::new(event) }
}

/// 休止, with a reason; no activity or meeting of the member may lie ahead.
///
/// Suspending again changes nothing. The member is told, without the reason, which is the branch's own note.
///
/// # Errors
/// [`Refusal::StillPlanned`], [`Refusal::NotActive`]; a missing reason; [`Error::NotFound`] for other wards.
pub async fn suspend(env: &Env, actor: &Actor, no: MemberNo, reason: &str) -> Result<()> {
    let now = env.clock.now();
    let transaction = env.db.begin().await?;
    let member = load(&transaction, actor, no).await?;
    let status = member.status;
    if status == MembershipStatus::Suspended {
        return Ok(());
    }
    if status != MembershipStatus::Active {
        return Err(Refusal::NotActive.into());
    }
    let reason = reason::needed("reason", reason)?;
    use care_request::Column as R;
    let ahead = care_request::Entity::find()
        .filter(R::MemberId.eq(member.id).or(R::ProviderId.eq(member.id)))
        .filter(R::StartsAt.gt(now))
        .filter(R::Status.is_in(CoordinationStatus::TAKEN))
        .order_by_asc(R::Id);
    if let Some(ahead) = ahead.one(&transaction).await? {
        return Err(Refusal::StillPlanned { request: ahead.request_no.to_string() }.into());
    }
    let to = MembershipStatus::Suspended;
    touch(&transaction, &member, to, now).await?;
    let what = Happened {
        from: Some(status.key()),
        to: Some(to.key()),
        reason: Some(reason),
        ..happened(&member, Event::Suspend)
    };
    event::record(&transaction, now, &By::web(actor), what).await?;
    let text = "支部が、会員の活動を「休止」にしました。\n休止の間は、新しい依頼や援助のお願いはありません。";
    tell(env, &transaction, &member, "会員の活動が「休止」になりました", text).await?;
    transaction.commit().await?;
    Ok(())
}

/// 復帰 from 休止; resuming again changes nothing. The member is told.
///
/// # Errors
/// [`Refusal::NotActive`] for a member who has left or not begun; [`Error::NotFound`] for other wards.
pub async fn resume(env: &Env, actor: &Actor, no: MemberNo) -> Result<()> {
    let now = env.clock.now();
    let transaction = env.db.begin().await?;
    let member = load(&transaction, actor, no).await?;
    let status = member.status;
    match status {
        MembershipStatus::Active => return Ok(()),
        MembershipStatus::Suspended => {}
        _ => return Err(Refusal::NotActive.into()),
    }
    let to = MembershipStatus::Active;
    touch(&transaction, &member, to, now).await?;
    let what = Happened { from: Some(status.key()), to: Some(to.key()), ..happened(&member, Event::Resume) };
    event::record(&transaction, now, &By::web(actor), what).await?;
    let text = "支部が、会員の活動の「休止」を終わりにしました。\nまたご利用・ご協力いただけます。";
    tell(env, &transaction, &member, "会員の活動を再開しました", text).await?;
    transaction.commit().await?;
    Ok(())
}

/// Adds a child to a 利用・両方会員.
///
/// Adding a child of the same name and birth date again changes nothing. The member is told.
///
/// # Errors
/// Fields to mend; [`Error::NotFound`] for other wards and for members without children's care.
pub async fn add_child(env: &Env, actor: &Actor, no: MemberNo, form: &ChildForm) -> Result<()> {
    let now = env.clock.now();
    let transaction = env.db.begin().await?;
    let member = load(&transaction, actor, no).await?;
    let kind = member.kind;
    if !kind.uses() {
        return Err(Error::NotFound);
    }
    let new = parse_child(form, env.clock.today(), None, str::to_owned).map_err(Error::Invalid)?;
    let same = child::Entity::find()
        .filter(child::Column::MemberId.eq(member.id))
        .filter(child::Column::GivenName.eq(&new.name))
        .filter(child::Column::BirthDate.eq(new.birth_date));
    if same.one(&transaction).await?.is_some() {
        return Ok(());
    }
    insert_child(&transaction, member.id, &new).await?;
    touch(&transaction, &member, member.status, now).await?;
    event::record(&transaction, now, &By::web(actor), happened(&member, Event::AddChild)).await?;
    tell(env, &transaction, &member, "お子さんを登録しました", "支部が、お子さんを登録しました。").await?;
    transaction.commit().await?;
    Ok(())
}

/// Records a training or its renewal; the last one missing makes a provider in training active.
///
/// Recording the same training again changes nothing. The member is told.
///
/// # Errors
/// Fields to mend; [`Error::NotFound`] for other wards and for members who do not give care.
pub async fn add_training(env: &Env, actor: &Actor, no: MemberNo, form: &TrainingForm) -> Result<()> {
    let now = env.clock.now();
    let today = env.clock.today();
    let transaction = env.db.begin().await?;
    let member = load(&transaction, actor, no).await?;
    let kind = member.kind;
    if !kind.provides() {
        return Err(Error::NotFound);
    }
    let mut faults = Vec::new();
    let training = TrainingKind::from_key(&form.kind);
    if training.is_none() {
        let fault = if form.kind.is_empty() { FieldFault::Missing } else { FieldFault::NotAChoice };
        faults.push(FieldError::new("training", fault));
    }
    let until = match parse_date(&form.valid_until) {
        Ok(until) if until < today => {
            faults.push(FieldError::new("valid_until", FieldFault::Past));
            None
        }
        Ok(until) => Some(until),
        Err(fault) => {
            faults.push(FieldError::new("valid_until", FieldFault::Input(fault)));
            None
        }
    };
    let (Some(training_kind), Some(until), true) = (training, until, faults.is_empty()) else {
        return Err(Error::Invalid(faults));
    };
    let mut held: Vec<training::Model> =
        training::Entity::find().filter(training::Column::MemberId.eq(member.id)).all(&transaction).await?;
    if held.iter().any(|row| row.kind == training_kind && row.valid_until == until) {
        return Ok(());
    }
    insert_training(&transaction, member.id, training_kind, until).await?;
    held.push(training::Model { id: 0, member_id: member.id, kind: training_kind, valid_until: until });
    let complete =
        REQUIRED_TRAININGS.iter().all(|&kind| held.iter().any(|row| row.kind == kind && row.valid_until >= today));
    let trained = complete && member.status == MembershipStatus::InTraining;
    let to = if trained { MembershipStatus::Active } else { member.status };
    touch(&transaction, &member, to, now).await?;
    let facts = Trained { training: Some(training_kind), valid_until: Some(until) };
    let mut what = happened(&member, Event::AddTraining(facts));
    if trained {
        what.from = Some(MembershipStatus::InTraining.key());
        what.to = Some(MembershipStatus::Active.key());
    }
    event::record(&transaction, now, &By::web(actor), what).await?;
    let begins =
        if trained { "\n必要な研修がそろいました。援助活動を始められます。" } else { "" };
    let text = format!("支部が、研修の受講を記録しました。\n有効期限 {}{begins}", japanese_date(until, today));
    tell(env, &transaction, &member, "研修の受講を記録しました", &text).await?;
    transaction.commit().await?;
    Ok(())
}

/// Gives out a new one-time link; an older one no longer opens. The member is told, without the link. Returns the link's
/// token, known only now.
///
/// # Errors
/// [`Error::NotFound`] for other wards.
pub async fn invite(env: &Env, actor: &Actor, no: MemberNo) -> Result<String> {
    let transaction = env.db.begin().await?;
    let member = load(&transaction, actor, no).await?;
    let token = invitation::issue_to_member(&transaction, env, member.id).await?;
    event::record(&transaction, env.clock.now(), &By::web(actor), happened(&member, Event::Invite)).await?;
    let text = "支部が、パスワードを設定するための案内リンクを出しました。\nリンクは、支部からお渡しします。";
    tell(env, &transaction, &member, "案内リンクを出しました", text).await?;
    transaction.commit().await?;
    Ok(token)
}

//! Keeping a member up to date: leave and return, children, trainings, a new link.

use super::register::{NewChild, insert_child, insert_training};
use crate::effect;
use crate::entity::{care_request, child, member, training};
use crate::error::{Error, Result};
use crate::step::Step;
use crate::{Env, invitation, reason};
use domain::actor::Actor;
use domain::event::{Event, Trained};
use domain::fault::{FieldError, FieldFault};
use domain::input::{parse_date, parse_kana, parse_name};
use domain::member::{MembershipAction, MembershipStatus, REQUIRED_TRAININGS, TrainingKind};
use domain::number::MemberNo;
use domain::refusal::Refusal;
use domain::request::{CoordinationStatus, last_eligible_day};
use domain::time::Date;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

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

/// 休止, with a reason; no activity or meeting of the member may lie ahead.
///
/// Suspending again changes nothing. The member is notified, without the reason, which is the branch's own note.
///
/// # Errors
/// [`Refusal::StillPlanned`], [`Refusal::NotActive`]; a missing reason; [`Error::NotFound`] for other wards.
pub async fn suspend(env: &Env, actor: &Actor, no: MemberNo, reason: &str) -> Result<()> {
    let transaction = env.db.begin().await?;
    let mut step = Step::<member::Model>::hold(env, &transaction, actor, no).await?;
    if step.thing.status == MembershipStatus::Suspended {
        return Ok(());
    }
    step.ask(MembershipAction::Suspend)?;
    let (member, now) = (&step.thing, step.now);
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
    step.commit(Event::Suspend, Some(reason)).await?;
    transaction.commit().await?;
    Ok(())
}

/// 復帰 from 休止; resuming again changes nothing. The member is notified.
///
/// # Errors
/// [`Refusal::NotActive`] for a member who has left or not begun; [`Error::NotFound`] for other wards.
pub async fn resume(env: &Env, actor: &Actor, no: MemberNo) -> Result<()> {
    let transaction = env.db.begin().await?;
    let mut step = Step::<member::Model>::hold(env, &transaction, actor, no).await?;
    if step.thing.status == MembershipStatus::Active {
        return Ok(());
    }
    step.ask(MembershipAction::Resume)?;
    step.commit(Event::Resume, None).await?;
    transaction.commit().await?;
    Ok(())
}

/// Adds a child to a 利用・両方会員.
///
/// Adding a child of the same name and birth date again changes nothing. The member is notified.
///
/// # Errors
/// Fields to fix; [`Error::NotFound`] for other wards and for members without children's care.
pub async fn add_child(env: &Env, actor: &Actor, no: MemberNo, form: &ChildForm) -> Result<()> {
    let transaction = env.db.begin().await?;
    let mut step = Step::<member::Model>::hold(env, &transaction, actor, no).await?;
    let member = &step.thing;
    if !member.kind.uses() {
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
    step.commit(Event::AddChild, None).await?;
    transaction.commit().await?;
    Ok(())
}

/// Records a training or its renewal; the last one missing makes a provider in training active.
///
/// Recording the same training again changes nothing. The member is notified.
///
/// # Errors
/// Fields to fix; [`Error::NotFound`] for other wards and for members who do not give care.
pub async fn add_training(env: &Env, actor: &Actor, no: MemberNo, form: &TrainingForm) -> Result<()> {
    let today = env.clock.today();
    let transaction = env.db.begin().await?;
    let mut step = Step::<member::Model>::hold(env, &transaction, actor, no).await?;
    let member = &step.thing;
    if !member.kind.provides() {
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
    if trained {
        step.ask(MembershipAction::Train)?;
    }
    let facts = Trained { training: Some(training_kind), valid_until: Some(until), complete: trained };
    step.commit(Event::AddTraining(facts), None).await?;
    transaction.commit().await?;
    Ok(())
}

/// Gives out a new one-time link; an older one no longer opens. The member is notified, without the link. Returns the link's
/// token, known only now.
///
/// # Errors
/// [`Error::NotFound`] for other wards.
pub async fn invite(env: &Env, actor: &Actor, no: MemberNo) -> Result<String> {
    let transaction = env.db.begin().await?;
    let step = Step::<member::Model>::hold(env, &transaction, actor, no).await?;
    let token = give_link(&step).await?;
    transaction.commit().await?;
    Ok(token)
}

/// Sends a new one-time link to the member's own mail address; an older one no longer opens, and nobody else sees it.
///
/// # Errors
/// [`Error::NotFound`] for other wards, and for a member without an address.
pub async fn invite_by_mail(env: &Env, actor: &Actor, no: MemberNo, site: &str) -> Result<()> {
    let transaction = env.db.begin().await?;
    let step = Step::<member::Model>::hold(env, &transaction, actor, no).await?;
    if step.thing.mail.is_empty() {
        return Err(Error::NotFound);
    }
    let token = give_link(&step).await?;
    let letter = effect::words::many::one_time_link(&step.thing.mail, site, &token);
    effect::send(env, &transaction, step.now, vec![letter]).await?;
    transaction.commit().await?;
    Ok(())
}

async fn give_link(step: &Step<'_, member::Model>) -> Result<String> {
    let token = invitation::issue_to_member(step.tx, step.env, step.thing.id).await?;
    step.record(Event::Invite, None).await?;
    Ok(token)
}

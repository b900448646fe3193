//! Recording a new member: everything typed is checked at once, shown once more, then written with a one-time link.

use super::change::{ChildForm, parse_child};
use super::contact::{self, Contact, ContactForm};
use super::name::{self, Name, NameForm};
use super::ward;
use crate::entity::{account, child, member, training};
use crate::error::{Error, Result};
use crate::event::{self, By, Happened};
use crate::{Env, id, invitation, number, once};
use domain::actor::{AccountRole, Actor, MemberKind};
use domain::event::Event;
use domain::fault::{FieldError, FieldFault};
use domain::id::MemberId;
use domain::input::parse_date;
use domain::member::{MembershipStatus, REQUIRED_TRAININGS, TrainingKind};
use domain::number::MemberNo;
use domain::refusal::Refusal;
use domain::time::Date;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// The most children one form takes.
pub const MOST_CHILDREN: usize = 10;

/// The form as typed.
#[derive(Clone, Debug, Default)]
pub struct MemberForm {
    /// 会員種別
    pub kind: String,
    /// The name and its reading.
    pub name: NameForm,
    /// Address, telephone and mail.
    pub contact: ContactForm,
    /// The rows of children; rows left empty are none.
    pub children: Vec<ChildForm>,
    /// The end of each required training, in the order of [`REQUIRED_TRAININGS`]; empty for one not held.
    pub trainings: Vec<String>,
}

/// What the form says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMember {
    /// 会員種別
    pub kind: MemberKind,
    /// The name and its reading.
    pub name: Name,
    /// Address, telephone and mail.
    pub contact: Contact,
    /// The children of a 利用・両方会員.
    pub children: Vec<NewChild>,
    /// The trainings of a 提供・両方会員.
    pub trainings: Vec<(TrainingKind, Date)>,
}

/// A child, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChild {
    /// 名（漢字）
    pub name: String,
    /// 名（カナ）
    pub kana: String,
    /// 生年月日
    pub birth_date: Date,
}

impl NewMember {
    /// The status the member begins with: a provider without every training is 研修中.
    #[must_use]
    pub fn status(&self, today: Date) -> MembershipStatus {
        let held = |kind: &TrainingKind| self.trainings.iter().any(|(held, until)| held == kind && *until >= today);
        if self.kind.provides() && !REQUIRED_TRAININGS.iter().all(held) {
            MembershipStatus::InTraining
        } else {
            MembershipStatus::Active
        }
    }
}

/// A recorded member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// 会員番号
    pub no: MemberNo,
    /// The one-time link's token; known only now.
    pub token: String,
}

/// Checks a form and writes nothing.
///
/// # Errors
/// [`Error::Invalid`] with every field to fix; [`Error::NotFound`] for those who are no coordinator.
pub fn check(env: &Env, actor: &Actor, form: &MemberForm) -> Result<NewMember> {
    ward(actor)?;
    parse(form, env.clock.today()).map_err(Error::Invalid)
}

fn parse(form: &MemberForm, today: Date) -> Result<NewMember, Vec<FieldError>> {
    let mut faults = Vec::new();
    let kind = MemberKind::from_key(&form.kind);
    if kind.is_none() {
        let fault = if form.kind.is_empty() { FieldFault::Missing } else { FieldFault::NotAChoice };
        faults.push(FieldError::new("kind", fault));
    }
    let name = name::parse(&form.name, &mut faults);
    let contact = contact::parse(&form.contact, &mut faults);
    let kind = kind.unwrap_or(MemberKind::User);
    let mut children = Vec::new();
    if kind.uses() {
        let filled = form.children.iter().take(MOST_CHILDREN).enumerate();
        for (row, typed) in filled.filter(|(row, typed)| *row == 0 || !typed.is_empty()) {
            match parse_child(typed, today, None, |name| format!("{name}[{row}]")) {
                Ok(child) => children.push(child),
                Err(wrong) => faults.extend(wrong),
            }
        }
        if form.children.is_empty() {
            faults.push(FieldError::new("child_name[0]", FieldFault::Missing));
        }
    }
    let mut trainings = Vec::new();
    if kind.provides() {
        for (kind, typed) in
            REQUIRED_TRAININGS.iter().zip(&form.trainings).filter(|(_, typed)| !typed.trim().is_empty())
        {
            match parse_date(typed) {
                Ok(until) => trainings.push((*kind, until)),
                Err(fault) => {
                    faults.push(FieldError::new(format!("valid_until[{}]", kind.key()), FieldFault::Input(fault)));
                }
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(NewMember { kind, name, contact, children, trainings })
}

/// A member of the ward who lives in the same household or has the same telephone: numbers and names, at most five.
///
/// Shown before recording, so that nobody is recorded twice.
///
/// # Errors
/// [`Error::NotFound`] for those who are no coordinator.
pub async fn neighbours(env: &Env, actor: &Actor, new: &NewMember) -> Result<Vec<(MemberNo, String)>> {
    let same = member::Column::HouseholdKey
        .eq(new.contact.household_key())
        .or(member::Column::Telephone.eq(&new.contact.telephone));
    let near = member::Entity::find()
        .filter(member::Column::Ward.eq(ward(actor)?))
        .filter(same)
        .order_by_asc(member::Column::Id)
        .limit(5)
        .all(env.db.read())
        .await?;
    Ok(near.into_iter().map(|row| (row.member_no, format!("{}{}", row.family_name, row.given_name))).collect())
}

/// Records a member of the coordinator's ward and gives out the one-time link to set user ID and password.
///
/// Sent twice with the same `once` key, the member is recorded once and has one link: the second answer carries it again,
/// as long as this process lives and nobody made a newer one.
///
/// # Errors
/// As [`check`]; [`Refusal::AlreadyEntered`] when the page recorded somebody before, with other content.
pub async fn register(env: &Env, actor: &Actor, form: &MemberForm, once: &str) -> Result<Registered> {
    let new = check(env, actor, form)?;
    let content = format!("{new:?}");
    let now = env.clock.now();
    let transaction = env.db.begin().await?;
    if let Some(done) = once::claim(&transaction, actor.account, once, env.clock.real_now()).await? {
        let (done, same) = once::was_made_of(&done, &content);
        let no = MemberNo::parse(done).map_err(|_| Error::Broken("a kept number".into()))?;
        if !same {
            return Err(Refusal::AlreadyEntered { number: no.to_string() }.into());
        }
        return Ok(Registered { no, token: link_token(actor, once, no)? });
    }
    let no = number::next_member(&transaction).await?;
    let token = link_token(actor, once, no)?;
    let status = new.status(env.clock.today());
    let row = member::ActiveModel {
        member_no: Set(no),
        ward: Set(ward(actor)?.to_owned()),
        kind: Set(new.kind),
        status: Set(status),
        family_name: Set(new.name.family.clone()),
        given_name: Set(new.name.given.clone()),
        family_kana: Set(new.name.family_kana.clone()),
        given_kana: Set(new.name.given_kana.clone()),
        search_key: Set(new.name.search_key()),
        postal: Set(new.contact.postal.clone()),
        town: Set(new.contact.town.clone()),
        address: Set(new.contact.address.clone()),
        household_key: Set(new.contact.household_key()),
        telephone: Set(new.contact.telephone.clone()),
        mail: Set(new.contact.mail.clone()),
        created_at: Set(now),
        updated_at: Set(now),
        revision: Set(1),
        ..Default::default()
    };
    let id = member::Entity::insert(row).exec(&transaction).await?.last_insert_id;
    for child in &new.children {
        insert_child(&transaction, id, child).await?;
    }
    for (kind, until) in &new.trainings {
        insert_training(&transaction, id, *kind, *until).await?;
    }
    let row = account::ActiveModel {
        user_id: Set(None),
        password_hash: Set(None),
        name: Set(new.name.full()),
        role: Set(AccountRole::Member),
        ward: Set(Some(ward(actor)?.to_owned())),
        member_id: Set(Some(id)),
        created_at: Set(now),
        ..Default::default()
    };
    account::Entity::insert(row).exec_without_returning(&transaction).await?;
    invitation::issue_first(&transaction, env, id, &token).await?;
    let happened = Happened {
        ward: Some(ward(actor)?.to_owned()),
        member: Some(id),
        to: Some(status.key()),
        ..Happened::new(Event::Register)
    };
    event::record(&transaction, now, &By::web(actor), happened).await?;
    if !once.is_empty() {
        once::keep(&transaction, actor.account, once, &once::made_of(&no.to_string(), &content)).await?;
    }
    transaction.commit().await?;
    Ok(Registered { no, token })
}

/// The link of a page that may be sent again; without a key it is sent once.
fn link_token(actor: &Actor, once: &str, no: MemberNo) -> Result<String> {
    if once.is_empty() { id::token() } else { id::token_of(&format!("{} {once} {no}", actor.account)) }
}

/// Writes a child's row.
pub(super) async fn insert_child<C: ConnectionTrait>(transaction: &C, member: MemberId, new: &NewChild) -> Result<()> {
    let row = child::ActiveModel {
        member_id: Set(member),
        given_name: Set(new.name.clone()),
        kana: Set(new.kana.clone()),
        birth_date: Set(new.birth_date),
        ..Default::default()
    };
    child::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

/// Writes a training's row.
pub(super) async fn insert_training<C: ConnectionTrait>(
    transaction: &C,
    member: MemberId,
    kind: TrainingKind,
    until: Date,
) -> Result<()> {
    let row = training::ActiveModel {
        member_id: Set(member),
        kind: Set(kind),
        valid_until: Set(until),
        ..Default::default()
    };
    training::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

//! A case on the coordinator's desk: everything its ward may see, and what she may do next.

use super::case::{Case, children};
use super::provider::report_of;
use super::step::{fee_at, waivable};
use crate::activity::{self, Activity};
use crate::entity::{account, member, offer, pre_meeting_sheet};
use crate::error::{Error, Result, stored};
use crate::{Env, db};
use domain::actor::{Actor, Channel, Party};
use domain::id::{MemberId, OfferId, RequestId};
use domain::member::MembershipStatus;
use domain::number::{MemberNo, ReportNo, RequestNo};
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{CareKind, CarePlace, CoordinationStatus, OfferStatus, RequestAction, TABLE};
use domain::time::{Date, Instant, age_on};
use domain::workflow::actions;
use sea_orm::sea_query::{Order, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult};

/// A member of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLine {
    /// 会員番号
    pub no: MemberNo,
    /// Family and given name.
    pub name: String,
    /// The name's reading.
    pub kana: String,
    /// The town.
    pub town: String,
    /// The rest of the address.
    pub address: String,
    /// The telephone.
    pub telephone: String,
    /// The membership's status.
    pub status: MembershipStatus,
}

/// A child of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildLine {
    /// The given name.
    pub name: String,
    /// The name's reading.
    pub kana: String,
    /// The birth date; the headquarters see the age alone.
    pub birth_date: Option<Date>,
    /// Whole years on the day of the activity.
    pub age: i32,
}

/// An offer of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferLine {
    /// The offer's row.
    pub id: OfferId,
    /// The provider's number.
    pub no: MemberNo,
    /// The provider's name.
    pub name: String,
    /// The provider's telephone.
    pub telephone: String,
    /// The status.
    pub status: OfferStatus,
    /// When it was sent.
    pub sent_at: Instant,
    /// Until when an answer counts.
    pub expires_at: Instant,
    /// When it was answered or ended.
    pub answered_at: Option<Instant>,
    /// Why it was declined, when the provider said so.
    pub reason: Option<String>,
}

/// Everything the ward's coordinator sees of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseDetails {
    /// 依頼ID
    pub no: RequestNo,
    /// The revision a step must have seen.
    pub revision: i64,
    /// The status.
    pub status: CoordinationStatus,
    /// Start of the activity.
    pub starts_at: Instant,
    /// End of the activity.
    pub ends_at: Instant,
    /// 希望する援助内容
    pub care_kind: CareKind,
    /// Where the care takes place.
    pub care_place: CarePlace,
    /// Where exactly.
    pub place_detail: String,
    /// What the family wrote beside.
    pub notes: String,
    /// How the request reached the branch.
    pub channel: Channel,
    /// 依頼をした日
    pub requested_at: Instant,
    /// 更新日時
    pub updated_at: Instant,
    /// Who took it.
    pub owner: Option<String>,
    /// The family.
    pub family: PersonLine,
    /// The children, eldest first.
    pub children: Vec<ChildLine>,
    /// The provider who takes it.
    pub provider: Option<PersonLine>,
    /// 事前打合せ日
    pub meeting_at: Option<Instant>,
    /// Where they meet.
    pub meeting_place: String,
    /// Whether the 事前打合せ情報 is there, and complete.
    pub sheet: Option<bool>,
    /// When it was 成立.
    pub established_at: Option<Instant>,
    /// What became of its latest activity; `None` before 成立.
    pub activity: Option<Activity>,
    /// The reason it ended with: a key for 不成立, words otherwise.
    pub reason: Option<String>,
    /// The cancellation fee in yen, to be confirmed by the headquarters.
    pub cancellation_fee_yen: Option<i64>,
    /// The fee in yen and percent that a cancellation right now would cost.
    pub fee_if_cancelled: Option<(i64, i64)>,
    /// Whether the pre-meeting may be waived.
    pub waivable: bool,
    /// Every offer, the latest first.
    pub offers: Vec<OfferLine>,
    /// The report that is not voided.
    pub report: Option<(ReportNo, ReportStatus, RewardStatus)>,
    /// What the coordinator may do now, in the table's order.
    pub actions: Vec<RequestAction>,
}

/// A case on the desk of its ward's coordinator.
///
/// # Errors
/// [`Error::NotFound`] for everybody else, and for drafts, which are the family's alone.
pub async fn details(env: &Env, actor: &Actor, no: RequestNo) -> Result<CaseDetails> {
    let connection = env.db.read();
    let (case, side) = Case::read(connection, actor, no).await?;
    if side != Party::Coordinator || case.status == CoordinationStatus::Draft {
        return Err(Error::NotFound);
    }
    read(env, case).await
}

/// A case of any ward as the headquarters read it (domain 5.6); there is nothing for them to do, so telephones,
/// addresses, birth dates and what the family wrote stay with the branch.
///
/// # Errors
/// [`Error::NotFound`] for everybody else, and for drafts.
pub async fn read_only(env: &Env, actor: &Actor, no: RequestNo) -> Result<CaseDetails> {
    let case = Case::read_as_headquarters(env.db.read(), actor, no).await?;
    let case = read(env, case).await?;
    let family = without_contact(case.family);
    let provider = case.provider.map(without_contact);
    let activity = case.activity.map(|activity| Activity { actions: Vec::new(), ..activity });
    let children = case.children.into_iter().map(|child| ChildLine { birth_date: None, ..child }).collect();
    let (place_detail, notes) = (String::new(), String::new());
    Ok(CaseDetails { actions: Vec::new(), activity, place_detail, notes, children, family, provider, ..case })
}

fn without_contact(person: PersonLine) -> PersonLine {
    PersonLine { telephone: String::new(), address: String::new(), ..person }
}

async fn read(env: &Env, case: Case) -> Result<CaseDetails> {
    let connection = env.db.read();
    let row = &case.row;
    let day = case.start().date();
    let owner = match row.owner_id {
        Some(id) => account::Entity::find_by_id(id).one(connection).await?.map(|owner| owner.name),
        None => None,
    };
    let provider = match row.provider_id {
        Some(id) => Some(person(connection, id).await?),
        None => None,
    };
    let sheet = pre_meeting_sheet::Entity::find_by_id(row.id).one(connection).await?;
    let fee_if_cancelled = if case.status == CoordinationStatus::Established {
        let hours = (case.start(), case.end());
        fee_at(connection, row.id, hours, env.clock.now()).await.ok().map(|fee| (fee.fee, fee.percent))
    } else {
        None
    };
    Ok(CaseDetails {
        no: case.no,
        revision: row.revision,
        status: case.status,
        starts_at: case.start(),
        ends_at: case.end(),
        care_kind: stored(row.care_kind, "care kind")?,
        care_place: stored(row.care_place, "care place")?,
        place_detail: row.place_detail.clone(),
        notes: row.notes.clone(),
        channel: row.channel,
        requested_at: row.requested_at,
        updated_at: row.updated_at,
        owner,
        family: person(connection, row.member_id).await?,
        children: children(connection, row.id)
            .await?
            .into_iter()
            .map(|child| ChildLine {
                age: age_on(child.birth_date, day),
                name: child.given_name,
                kana: child.kana,
                birth_date: Some(child.birth_date),
            })
            .collect(),
        provider,
        meeting_at: row.meeting_at,
        meeting_place: row.meeting_place.clone().unwrap_or_default(),
        sheet: sheet.map(|sheet| sheet.complete != 0),
        established_at: row.established_at,
        activity: activity::of_case(connection, row.id, Party::Coordinator).await?,
        reason: row.reason.clone(),
        cancellation_fee_yen: row.cancellation_fee_yen,
        fee_if_cancelled,
        waivable: case.status == CoordinationStatus::ProviderFound && waivable(connection, row).await?,
        offers: offers(connection, row.id).await?,
        report: report_of(connection, row.id).await?,
        actions: actions(TABLE, case.status, Party::Coordinator).collect(),
    })
}

async fn person<C: ConnectionTrait>(connection: &C, id: MemberId) -> Result<PersonLine> {
    let row = member::Entity::find_by_id(id).one(connection).await?.ok_or(Error::NotFound)?;
    Ok(PersonLine {
        no: row.member_no,
        name: format!("{} {}", row.family_name, row.given_name),
        kana: format!("{} {}", row.family_kana, row.given_kana),
        town: row.town,
        address: row.address,
        telephone: row.telephone,
        status: row.status,
    })
}

async fn offers<C: ConnectionTrait>(connection: &C, request: RequestId) -> Result<Vec<OfferLine>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: OfferId,
        member_no: MemberNo,
        family_name: String,
        given_name: String,
        telephone: String,
        status: OfferStatus,
        sent_at: Instant,
        expires_at: Instant,
        answered_at: Option<Instant>,
        reason: Option<String>,
    }
    use member::Column as M;
    use offer::Column as O;
    let offers = Query::select()
        .columns([O::Id, O::Status, O::SentAt, O::ExpiresAt, O::AnsweredAt, O::Reason].map(|c| c.as_column_ref()))
        .columns([M::MemberNo, M::FamilyName, M::GivenName, M::Telephone].map(|c| c.as_column_ref()))
        .from(offer::Entity)
        .inner_join(member::Entity, db::same(M::Id, O::ProviderId))
        .and_where(O::RequestId.eq(request))
        .order_by(O::Id.as_column_ref(), Order::Desc)
        .take();
    let rows: Vec<Row> = db::select(connection, &offers).await?;
    rows.into_iter()
        .map(|row| {
            Ok(OfferLine {
                id: row.id,
                no: row.member_no,
                name: format!("{} {}", row.family_name, row.given_name),
                telephone: row.telephone,
                status: row.status,
                sent_at: row.sent_at,
                expires_at: row.expires_at,
                answered_at: row.answered_at,
                reason: row.reason,
            })
        })
        .collect()
}

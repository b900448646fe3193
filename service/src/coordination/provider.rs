//! What the matched provider sees of a case (コーディネート結果), by state and time (domain 5.6).

use super::case::{Case, children};
use crate::activity::{self, Activity};
use crate::entity::{activity_report, care_request, member, pre_meeting_sheet};
use crate::error::{Error, Result, stored};
use crate::page::{Page, behind};
use crate::{Env, policy};
use domain::actor::{Actor, Party};
use domain::coordination::contacts_open;
use domain::id::RequestId;
use domain::number::{MemberNo, ReportNo, RequestNo};
use domain::policy::Right;
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{CONTACT_DAYS, CareKind, CarePlace, CoordinationStatus, RequestAction, actions_now};
use domain::time::{Date, Instant, age_on};
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, JoinType};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait, RelationTrait};

/// A card of the list: what the newsletter's 【コーディネート結果】 shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderCaseSummary {
    /// 依頼ID
    pub no: RequestNo,
    /// The status.
    pub status: CoordinationStatus,
    /// Start of the activity (預けたい日).
    pub starts_at: Instant,
    /// End of the activity.
    pub ends_at: Instant,
    /// 希望する援助内容
    pub care_kind: CareKind,
    /// 会員番号 of the family.
    pub member_no: MemberNo,
    /// 利用会員氏名
    pub family_name: String,
    /// 事前打合せ日
    pub meeting_at: Option<Instant>,
    /// 依頼をした日
    pub requested_at: Instant,
    /// 更新日時
    pub updated_at: Instant,
    /// The report, once there is one that is not voided.
    pub report: Option<(ReportNo, ReportStatus)>,
}

/// One page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderCases {
    /// The cards, by 預けたい日, the latest first.
    pub cases: Vec<ProviderCaseSummary>,
    /// The key of the next page.
    pub next: Option<RequestId>,
}

#[derive(FromQueryResult)]
struct Row {
    id: RequestId,
    request_no: RequestNo,
    status: CoordinationStatus,
    care_kind: CareKind,
    starts_at: Instant,
    ends_at: Instant,
    meeting_at: Option<Instant>,
    requested_at: Instant,
    updated_at: Instant,
    member_no: MemberNo,
    family_name: String,
    given_name: String,
    report_no: Option<ReportNo>,
    report_status: Option<ReportStatus>,
}

/// The provider's matched cases, from 打合せ予定 on; `after` is the key of the page before.
///
/// # Errors
/// [`Error::NotFound`] for everybody who is no provider.
pub async fn provider_cases(env: &Env, actor: &Actor, after: Option<RequestId>) -> Result<ProviderCases> {
    use care_request::{Column as R, Relation as Of};
    let own = policy::visible::<care_request::Entity>(actor, Right::ReadOwnCare, None)?;
    let mut place = (Instant(i64::MAX), RequestId::LAST);
    if let Some(after) = after {
        let start = care_request::Entity::find_by_id(after).select_only().column(R::StartsAt).filter(own.clone());
        if let Some(start) = start.into_tuple::<Instant>().one(env.db.read()).await? {
            place = (start, after);
        }
    }
    // A voided report is none.
    let standing = Of::Reports.def().on_condition(|_, report| {
        Expr::col((report, activity_report::Column::Status)).ne(ReportStatus::Voided).into_condition()
    });
    let query = care_request::Entity::find()
        .select_only()
        .columns([R::Id, R::RequestNo, R::Status, R::CareKind, R::StartsAt, R::EndsAt, R::MeetingAt])
        .columns([R::RequestedAt, R::UpdatedAt])
        .columns([member::Column::MemberNo, member::Column::FamilyName, member::Column::GivenName])
        .column(activity_report::Column::ReportNo)
        .column_as(activity_report::Column::Status, "report_status")
        .join(JoinType::InnerJoin, Of::Member.def())
        .join(JoinType::LeftJoin, standing)
        .filter(own)
        .filter(R::Status.is_in(CoordinationStatus::SHOWN_TO_PROVIDER));
    let (table, key) = (care_request::Entity, |row: &Row| row.id);
    let place = [behind((table, R::StartsAt), place.0), behind((table, R::Id), place.1)];
    let page = Page::of(env.db.read(), query.into_query(), place, key).await?;
    Ok(ProviderCases { cases: page.rows.into_iter().map(summary).collect(), next: page.next })
}

fn summary(row: Row) -> ProviderCaseSummary {
    ProviderCaseSummary {
        no: row.request_no,
        status: row.status,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        care_kind: row.care_kind,
        member_no: row.member_no,
        family_name: format!("{}{}", row.family_name, row.given_name),
        meeting_at: row.meeting_at,
        requested_at: row.requested_at,
        updated_at: row.updated_at,
        report: row.report_no.zip(row.report_status),
    }
}

/// The report of a case that is not voided, with its two statuses.
pub(crate) async fn report_of<C: sea_orm::ConnectionTrait>(
    connection: &C,
    request: RequestId,
) -> Result<Option<(ReportNo, ReportStatus, RewardStatus)>> {
    let found = activity_report::Entity::find()
        .filter(activity_report::Column::RequestId.eq(request))
        .filter(activity_report::Column::Status.ne(ReportStatus::Voided))
        .one(connection)
        .await?;
    Ok(found.map(|found| (found.report_no, found.status, found.reward_status)))
}

/// A case as its matched provider sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderCase {
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
    /// Where the care takes place, in general.
    pub care_place: CarePlace,
    /// The family's town.
    pub town: String,
    /// The children's ages on the day, eldest first.
    pub ages: Vec<i32>,
    /// 依頼をした日
    pub requested_at: Instant,
    /// 更新日時
    pub updated_at: Instant,
    /// Who the family is and where the meeting is: from 打合せ予定 on.
    pub family: Option<KnownFamily>,
    /// How to reach them and the 事前打合せ情報: from 成立 until 30 days after the activity.
    pub contacts: Option<Contacts>,
    /// The report that is not voided.
    pub report: Option<(ReportNo, ReportStatus, RewardStatus)>,
    /// The activity, once it was agreed.
    pub activity: Option<Activity>,
    /// What the provider may do now.
    pub actions: Vec<RequestAction>,
}

/// What is known of the family before 成立.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFamily {
    /// 会員番号
    pub member_no: MemberNo,
    /// 利用会員氏名
    pub name: String,
    /// The name's reading.
    pub kana: String,
    /// 事前打合せ日
    pub meeting_at: Option<Instant>,
    /// Where they meet.
    pub meeting_place: String,
}

/// What opens with 成立.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contacts {
    /// The family's telephone.
    pub telephone: String,
    /// The family's address.
    pub address: String,
    /// Names, readings and ages of the children.
    pub children: Vec<(String, String, i32)>,
    /// Where exactly the care takes place.
    pub place_detail: String,
    /// What the family wrote beside.
    pub notes: String,
    /// Whether the family has entered 事前打合せ情報.
    pub has_sheet: bool,
    /// The last day on which all this is shown.
    pub until: Date,
}

/// The matched provider's view of a case.
///
/// # Errors
/// [`Error::NotFound`] for everybody but the matched provider.
pub async fn provider_case(env: &Env, actor: &Actor, no: RequestNo) -> Result<ProviderCase> {
    let connection = env.db.read();
    let (case, side) = Case::read(connection, actor, no).await?;
    if side != Party::Provider {
        return Err(Error::NotFound);
    }
    let row = &case.row;
    let family = member::Entity::find_by_id(row.member_id).one(connection).await?.ok_or(Error::NotFound)?;
    let kids = children(connection, row.id).await?;
    let day = case.start().date();
    let member_no = family.member_no;
    let known = case.status.meeting_known().then(|| KnownFamily {
        member_no,
        name: format!("{} {}", family.family_name, family.given_name),
        kana: format!("{} {}", family.family_kana, family.given_kana),
        meeting_at: row.meeting_at,
        meeting_place: row.meeting_place.clone().unwrap_or_default(),
    });
    let contacts = if contacts_open(case.status, case.end(), env.clock.now()) {
        let sheet = pre_meeting_sheet::Entity::find_by_id(row.id).one(connection).await?;
        Some(Contacts {
            telephone: family.telephone,
            address: format!("{}{}", family.town, family.address),
            children: kids
                .iter()
                .map(|child| (child.given_name.clone(), child.kana.clone(), age_on(child.birth_date, day)))
                .collect(),
            place_detail: row.place_detail.clone(),
            notes: row.notes.clone(),
            has_sheet: sheet.is_some(),
            until: case.end().plus_days(CONTACT_DAYS).date(),
        })
    } else {
        None
    };
    Ok(ProviderCase {
        no: case.no,
        revision: row.revision,
        status: case.status,
        starts_at: case.start(),
        ends_at: case.end(),
        care_kind: stored(row.care_kind, "care kind")?,
        care_place: stored(row.care_place, "care place")?,
        town: family.town,
        ages: kids.iter().map(|child| age_on(child.birth_date, day)).collect(),
        requested_at: row.requested_at,
        updated_at: row.updated_at,
        family: known,
        contacts,
        report: report_of(connection, row.id).await?,
        activity: activity::of_case(connection, row.id, side).await?,
        actions: actions_now(env.clock.now(), case.status, case.end(), Party::Provider).collect(),
    })
}

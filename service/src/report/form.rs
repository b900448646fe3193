//! What the report's form needs: the requests to choose from, the children, the rates for the live sum.

use super::load::{Loaded, MemberName, person, quote_of};
use crate::entity::{
    activity_report, activity_report_child, care_request, care_request::Column as R, care_request_child, child,
    expense, member,
};
use crate::error::{Error, Result};
use crate::member::fold_name;
use crate::tariff::{self, Rates};
use crate::{Env, activity, db, policy};
use domain::actor::{Actor, Party};
use domain::id::{MemberId, ReportId, RequestId};
use domain::number::{ReportNo, RequestNo};
use domain::policy::{Right, Sides, Stage, can, permit};
use domain::report::{ExpenseKind, OtherReport, ReportAction, ReportStatus, TABLE};
use domain::report_form::{FormChild, ReportForm};
use domain::request::{CoordinationStatus, reported_hours};
use domain::time::{Date, Instant, end_of_form, hhmm, iso_date};
use domain::workflow;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, LikeExpr, LockType, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

/// Days before and after the activity around which a form knows the provider's other reports.
const AROUND_DAYS: i64 = 31;
/// How many requests the search shows.
const CANDIDATES: u64 = 50;

/// An established request that has no report yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// 依頼ID.
    pub no: RequestNo,
    /// 「木村 花子」
    pub family: String,
    /// 「山田 和子」
    pub provider: String,
    /// Planned start.
    pub start: Instant,
    /// Planned end.
    pub end: Instant,
    /// 預ける子どもの人数.
    pub children: i64,
}

/// The request a report is about.
#[derive(Clone, Debug)]
pub struct FormRequest {
    /// The request's row.
    pub id: RequestId,
    /// 依頼ID.
    pub no: RequestNo,
    /// Its status.
    pub status: CoordinationStatus,
    /// Its ward.
    pub ward: String,
    /// The family.
    pub family: MemberName,
    /// The matched provider's row.
    pub provider: MemberId,
    /// Planned start.
    pub start: Instant,
    /// Planned end.
    pub end: Instant,
    /// The request's children, eldest first.
    pub children: Vec<FormChild>,
}

impl FormRequest {
    /// The rows of its provider and of its family.
    pub(super) const fn sides(&self) -> (MemberId, MemberId) {
        (self.provider, self.family.id)
    }
}

/// A report's form before and while it is filled in.
#[derive(Clone, Debug)]
pub struct ReportFormView {
    /// 報告書ID; none before the first 一時保存 or 登録.
    pub no: Option<ReportNo>,
    /// The revision the form was opened at; 0 for a new one.
    pub revision: i64,
    /// 報告書ステータス.
    pub status: ReportStatus,
    /// The fields.
    pub form: ReportForm,
    /// The request, when one is chosen.
    pub request: Option<FormRequest>,
    /// Whether the request can no longer be changed: the family has been asked about it.
    pub request_fixed: bool,
    /// What the family wrote with 修正依頼.
    pub revision_comment: Option<String>,
    /// Registered reports of the same provider that meet `around`, for overlap and sibling order.
    pub others: Vec<OtherReport>,
    /// The weeks around the activity; of hours that leave them the form knows no sum.
    pub around: (Instant, Instant),
    /// Tariff and holidays.
    pub rates: Rates,
    /// Whether a coordinator writes on behalf.
    pub on_behalf: bool,
    /// Today in Asia/Tokyo.
    pub today: Date,
    /// The report's row; 0 for a new one.
    own: ReportId,
}

/// The requests that can be reported, by 依頼ID or a name; the oldest first.
///
/// # Errors
/// [`Error::NotFound`] for those who write no reports.
pub async fn candidates(env: &Env, actor: &Actor, search: &str) -> Result<Vec<Candidate>> {
    // Whoever begins reports as one side reports on the requests of that side.
    let own = policy::visible_as::<care_request::Entity>(actor, Right::ReportOn, None, "r")?;
    let wanted = fold_name(search);
    let filter = if wanted.is_empty() {
        None
    } else if let Ok(no) = RequestNo::find(search) {
        Some(Expr::col(("r", R::RequestNo)).eq(no))
    } else {
        let name = wanted.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        Some(Expr::col(("m", member::Column::SearchKey)).like(LikeExpr::new(format!("%{name}%")).escape('!')))
    };
    let select = reportable_requests().cond_where(own).and_where_option(filter).take();
    let rows = db::select::<Found, _>(env.db.read(), &select).await?;
    let candidate = |row: Found| Candidate {
        no: row.request_no,
        family: format!("{} {}", row.family_name, row.given_name),
        provider: format!("{} {}", row.provider_family, row.provider_given),
        start: row.starts_at,
        end: row.ends_at,
        children: row.children_count,
    };
    Ok(rows.into_iter().map(candidate).collect())
}

#[derive(FromQueryResult)]
struct Found {
    request_no: RequestNo,
    family_name: String,
    given_name: String,
    provider_family: String,
    provider_given: String,
    starts_at: Instant,
    ends_at: Instant,
    children_count: i64,
}

/// The agreed requests without a report, with family and provider, the oldest first.
fn reportable_requests() -> SelectStatement {
    use activity_report::Column as A;
    let r = |column: R| ("r", column);
    let person = |name: &'static str, column: R| Expr::col((name, member::Column::Id)).equals(r(column));
    // A request that others are looking into stays out: it has a report that is not voided.
    let reported = Query::select()
        .expr(Expr::val(1))
        .from(activity_report::Entity)
        .and_where(A::RequestId.into_expr().equals(r(R::Id)))
        .and_where(A::Status.into_expr().ne(ReportStatus::Voided))
        .take();
    Query::select()
        .columns([R::RequestNo, R::StartsAt, R::EndsAt, R::ChildrenCount].map(r))
        .columns([member::Column::FamilyName, member::Column::GivenName].map(|column| ("m", column)))
        .expr_as(Expr::col(("p", member::Column::FamilyName)), "provider_family")
        .expr_as(Expr::col(("p", member::Column::GivenName)), "provider_given")
        .from_as(care_request::Entity, "r")
        .join_as(JoinType::InnerJoin, member::Entity, "m", person("m", R::MemberId))
        .join_as(JoinType::InnerJoin, member::Entity, "p", person("p", R::ProviderId))
        .and_where(Expr::col(r(R::Status)).eq(CoordinationStatus::Established))
        .and_where(Expr::exists(reported).not())
        .order_by(r(R::StartsAt), Order::Asc)
        .order_by(r(R::Id), Order::Asc)
        .limit(CANDIDATES)
        .take()
}

/// An empty form: for a request with its recorded or planned times and its children, or as a copy (コピー) of a report, which takes
/// all but 依頼ID, date, times and amounts. Nothing is written.
///
/// # Errors
/// [`Error::NotFound`] when the request or the report is not the actor's.
pub async fn blank(
    env: &Env,
    actor: &Actor,
    request: Option<RequestNo>,
    copy: Option<ReportNo>,
) -> Result<ReportFormView> {
    let connection = env.db.read();
    policy::stand(actor, Right::BeginReport)?;
    let today = env.clock.today();
    let mut form = ReportForm { entered_on: iso_date(today), ..ReportForm::default() };
    if let Some(no) = copy {
        let loaded = Loaded::read(connection, actor, no).await?;
        if !matches!(loaded.party, Party::Provider | Party::Coordinator) {
            return Err(Error::NotFound);
        }
        let source = fields(connection, &loaded).await?;
        form.children = source.children;
        form.notes = source.notes;
    }
    let request = match request {
        Some(no) => Some(readable(connection, actor, no).await?.ok_or(Error::NotFound)?),
        None => None,
    };
    if let Some(request) = &request {
        form.request = request.no.to_string();
        let activity = activity::of_case(connection, request.id, Party::Provider).await?;
        let (started, ended) = activity.map_or((None, None), |activity| (activity.started_at, activity.ended_at));
        let (start, end) = reported_hours((request.start, request.end), started, ended);
        form.date = iso_date(start.date());
        form.start = hhmm(start.minute_of_day());
        (form.end, form.next_day) = end_fields(start, end);
        form.children = request.children.iter().map(|child| child.id.to_string()).collect();
    }
    view(env, actor, None, form, request).await
}

/// The form of a report that may still be edited.
///
/// # Errors
/// [`Error::NotFound`], [`domain::refusal::Refusal::ReportMoved`] when it is no longer edited.
pub async fn existing(env: &Env, actor: &Actor, no: ReportNo) -> Result<ReportFormView> {
    let connection = env.db.read();
    let loaded = Loaded::read(connection, actor, no).await?;
    if !matches!(loaded.party, Party::Provider | Party::Coordinator) {
        return Err(Error::NotFound);
    }
    workflow::next(TABLE, loaded.status, ReportAction::SaveDraft, loaded.party)
        .map_err(|refused| domain::refusal::of_report(refused, loaded.status))?;
    let form = fields(connection, &loaded).await?;
    let request = match loaded.row.request_id {
        Some(id) => request_of(connection, id).await?,
        None => None,
    };
    // A draft of a case that has since ended or gone to another provider shows nothing of it; what was registered is
    // this provider's own report.
    let fixed = loaded.row.submitted_at.is_some();
    let request = request.filter(|request| fixed || request.provider == loaded.row.provider_id && open(actor, request));
    view(env, actor, Some(&loaded), form, request).await
}

/// The same form around another request, as 「計算する」 sends it.
impl ReportFormView {
    /// Takes what was typed; a newly chosen request brings its children.
    pub async fn with(mut self, env: &Env, actor: &Actor, typed: ReportForm) -> Result<Self> {
        let chosen = RequestNo::parse(&typed.request).ok();
        if !self.request_fixed && chosen != self.request.as_ref().map(|request| request.no) {
            self.request = match chosen {
                Some(no) => readable(env.db.read(), actor, no).await?,
                None => None,
            };
        }
        self.form = typed;
        self.look_around(env).await
    }

    /// Reads the reports around the day of the form, or else of the request.
    async fn look_around(mut self, env: &Env) -> Result<Self> {
        let day = self
            .form
            .day(self.today)
            .ok()
            .or(self.request.as_ref().map(|request| request.start.date()))
            .unwrap_or(self.today);
        let midnight = Instant::at(day, 0);
        self.around = (midnight.plus_days(-AROUND_DAYS), midnight.plus_days(AROUND_DAYS + 1));
        self.others = match &self.request {
            Some(request) => others(env.db.read(), request.sides(), self.own, self.around).await?,
            None => Vec::new(),
        };
        Ok(self)
    }
}

async fn view(
    env: &Env,
    actor: &Actor,
    loaded: Option<&Loaded>,
    form: ReportForm,
    request: Option<FormRequest>,
) -> Result<ReportFormView> {
    let connection = env.db.read();
    let today = env.clock.today();
    let view = ReportFormView {
        no: loaded.map(|loaded| loaded.no),
        revision: loaded.map_or(0, |loaded| loaded.row.revision),
        status: loaded.map_or(ReportStatus::Draft, |loaded| loaded.status),
        form,
        request,
        request_fixed: loaded.is_some_and(|loaded| loaded.row.submitted_at.is_some()),
        revision_comment: loaded.and_then(|loaded| loaded.row.revision_comment.clone()),
        others: Vec::new(),
        around: (Instant(0), Instant(0)),
        rates: tariff::load_from(connection).await?.around(today),
        on_behalf: can(actor, Right::KeepDesk),
        today,
        own: loaded.map(|loaded| loaded.row.id).unwrap_or_default(),
    };
    view.look_around(env).await
}

/// The fields of a stored report: what is being typed, else what was registered.
pub(super) async fn fields<C: ConnectionTrait>(connection: &C, loaded: &Loaded) -> Result<ReportForm> {
    if let Some(draft) = &loaded.row.draft_fields {
        return Ok(serde_json::from_str(draft)?);
    }
    let row = &loaded.row;
    let mut form =
        ReportForm { entered_on: iso_date(row.entered_on), notes: row.notes.clone(), ..ReportForm::default() };
    if let Some(id) = row.request_id {
        form.request = request_of(connection, id).await?.map(|request| request.no.to_string()).unwrap_or_default();
    }
    if let (Some(start), Some(end)) = (row.started_at, row.ended_at) {
        form.date = iso_date(start.date());
        form.start = hhmm(start.minute_of_day());
        (form.end, form.next_day) = end_fields(start, end);
    }
    let children = activity_report_child::Entity::find().filter(activity_report_child::Column::ReportId.eq(row.id));
    form.children = children.all(connection).await?.into_iter().map(|child| child.child_id.to_string()).collect();
    let expenses = expense::Entity::find().filter(expense::Column::ReportId.eq(row.id));
    for expense in expenses.order_by_asc(expense::Column::Id).all(connection).await? {
        let field = match expense.kind {
            ExpenseKind::Transport => &mut form.transport,
            ExpenseKind::Meal => &mut form.meal,
            ExpenseKind::Snack => &mut form.snack,
            ExpenseKind::Diaper => &mut form.diaper,
            ExpenseKind::Other => &mut form.other,
        };
        *field = expense.yen.to_string();
    }
    Ok(form)
}

/// 終了 and 「終了は翌日です」 as the form holds them.
fn end_fields(start: Instant, end: Instant) -> (String, String) {
    let (clock, next_day) = end_of_form(start, end);
    (clock, if next_day { "true".to_owned() } else { String::new() })
}

/// A request the actor may report on: the matched provider's own, or one of the coordinator's ward.
pub(super) async fn find_request<C: ConnectionTrait>(
    connection: &C,
    actor: &Actor,
    no: RequestNo,
    locked: bool,
) -> Result<Option<FormRequest>> {
    let mut select = care_request::Entity::find().filter(R::RequestNo.eq(no));
    if locked {
        select = select.lock(LockType::NoKeyUpdate);
    }
    let Some(row) = select.one(connection).await? else { return Ok(None) };
    let found = of_row(connection, row).await?;
    Ok(found.filter(|request| {
        let (provider, family) = request.sides();
        let ward = Some(request.ward.as_str());
        let sides = Sides { ward, family: Some(family), provider: Some(provider), account: None };
        permit(actor, Right::ReportOn, &sides, Stage::Known).is_some()
    }))
}

/// The request whose family and children a form may show.
async fn readable<C: ConnectionTrait>(connection: &C, actor: &Actor, no: RequestNo) -> Result<Option<FormRequest>> {
    Ok(find_request(connection, actor, no, false).await?.filter(|request| open(actor, request)))
}

/// Whether the family's name and the children's may be shown to the actor: to a provider with 成立, not before and not
/// after 取下げ or キャンセル (domain 5.6).
///
/// The 30 days of domain 5.6 end what is known by the case (telephone, address, 事前打合せ情報). A report is the
/// provider's own record of whom she was paid for, and its line there has no end: its page and its form keep names and
/// ages, and a request that is still to be reported opens its form, however late.
fn open(actor: &Actor, request: &FormRequest) -> bool {
    let agreed = matches!(request.status, CoordinationStatus::Established | CoordinationStatus::Completed);
    agreed || can(actor, Right::KeepDesk)
}

/// Reads a request with a provider, its family and its children.
pub(super) async fn request_of<C: ConnectionTrait>(connection: &C, id: RequestId) -> Result<Option<FormRequest>> {
    match care_request::Entity::find_by_id(id).one(connection).await? {
        Some(row) => of_row(connection, row).await,
        None => Ok(None),
    }
}

async fn of_row<C: ConnectionTrait>(connection: &C, row: care_request::Model) -> Result<Option<FormRequest>> {
    let Some(provider) = row.provider_id else { return Ok(None) };
    Ok(Some(FormRequest {
        id: row.id,
        no: row.request_no,
        status: row.status,
        ward: row.ward,
        family: person(connection, row.member_id).await?,
        provider,
        start: row.starts_at,
        end: row.ends_at,
        children: children_of_request(connection, row.id).await?,
    }))
}

/// The children of a request, eldest first.
pub(super) async fn children_of_request<C: ConnectionTrait>(
    connection: &C,
    request: RequestId,
) -> Result<Vec<FormChild>> {
    let ids = Query::select()
        .column(care_request_child::Column::ChildId)
        .from(care_request_child::Entity)
        .and_where(Expr::col(care_request_child::Column::RequestId).eq(request))
        .take();
    children(connection, ids).await
}

/// The children of a report, eldest first.
pub(super) async fn children_of_report<C: ConnectionTrait>(connection: &C, report: ReportId) -> Result<Vec<FormChild>> {
    let ids = Query::select()
        .column(activity_report_child::Column::ChildId)
        .from(activity_report_child::Entity)
        .and_where(Expr::col(activity_report_child::Column::ReportId).eq(report))
        .take();
    children(connection, ids).await
}

async fn children<C: ConnectionTrait>(connection: &C, ids: SelectStatement) -> Result<Vec<FormChild>> {
    let rows = child::Entity::find()
        .filter(child::Column::Id.in_subquery(ids))
        .order_by_asc(child::Column::BirthDate)
        .order_by_asc(child::Column::Id)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| FormChild { id: row.id, name: row.given_name, birth_date: row.birth_date }).collect())
}

/// The provider's other reports that are neither drafts nor voided and meet these hours. What is said of another family's
/// is its number and its hours.
pub(super) async fn others<C: ConnectionTrait>(
    connection: &C,
    (provider, family): (MemberId, MemberId),
    own: ReportId,
    (start, end): (Instant, Instant),
) -> Result<Vec<OtherReport>> {
    // No report is longer than a day, so the index on the start bounds the search on both sides.
    let longest = start.plus_minutes(-domain::fee::MOST_MINUTES);
    use activity_report::Column as A;
    let met = activity_report::Entity::find()
        .filter(A::ProviderId.eq(provider))
        .filter(A::Id.ne(own))
        .filter(A::Status.is_in(ReportStatus::REGISTERED))
        .filter(A::StartedAt.gte(longest))
        .filter(A::StartedAt.lt(end))
        .filter(A::EndedAt.gt(start))
        .order_by_asc(A::Id);
    let mut others = Vec::new();
    for row in met.all(connection).await? {
        let snapshot = row.snapshot.filter(|_| row.user_member_id == Some(family));
        let yields = if snapshot.is_some() && row.status != ReportStatus::Approved {
            let children = children_of_report(connection, row.id).await?;
            children.first().map(FormChild::in_care)
        } else {
            None
        };
        others.push(OtherReport {
            no: row.report_no,
            start: row.started_at.unwrap_or_default(),
            end: row.ended_at.unwrap_or_default(),
            siblings: quote_of(snapshot.as_deref())?.map(|quote| quote.places()),
            yields,
        });
    }
    Ok(others)
}

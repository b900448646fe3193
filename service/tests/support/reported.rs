//! A case from 成立 to its report, in the state a test begins with.

use super::{Family, Person, World, at};
use domain::actor::{Actor, Channel};
use domain::id::{ChildId, CouponId};
use domain::number::{ReportNo, RequestNo};
use domain::report_form::ReportForm;
use domain::request::{ActivityStatus, CareKind, CarePlace, CoordinationStatus};
use domain::time::{Instant, hhmm, iso_date};
use sea_orm::{ActiveValue::Set, EntityTrait};
use service::entity::{activity, care_request, care_request_child, trial_coupon};
use service::report::ReportDetails;
use service::{approval, db, receipt, report};

/// The newsletter's case: 木村花子, 太郎 and 桜, a provider, a coordinator.
pub struct Case {
    pub world: World,
    pub family: Family,
    pub provider: Person,
    pub coordinator: Actor,
    pub request: RequestNo,
}

/// The afternoon after the newsletter's activity.
pub const AFTERNOON: &str = "2024-03-30T14:00";

impl Case {
    /// 成立, and the activity is over: it is 2024-03-30 14:00.
    pub async fn established(world: World) -> Self {
        service::reference::seed(&world.env).await.unwrap();
        let family = world.a_family().await;
        let provider = world.a_provider().await;
        let coordinator = world.coordinator("midori").await;
        let children = [family.taro, family.sakura];
        let request =
            request(&world, &family.person, &provider, ("2024-03-30T11:30", "2024-03-30T13:30"), &children).await;
        world.env.clock.advance_to(at(AFTERNOON));
        Self { world, family, provider, coordinator, request }
    }

    /// The form of the newsletter's activity with both children: 1,800 yen, and 300 yen of transport.
    pub fn form(&self) -> ReportForm {
        ReportForm {
            request: self.request.to_string(),
            entered_on: "2024-03-30".into(),
            date: "2024-03-30".into(),
            start: "11:30".into(),
            end: "13:30".into(),
            children: vec![self.family.taro.to_string(), self.family.sakura.to_string()],
            transport: "300".into(),
            notes: "たくさん遊びました。".into(),
            ..ReportForm::default()
        }
    }

    /// 一時保存 as the provider.
    pub async fn draft(&self, form: &ReportForm) -> ReportNo {
        report::save(&self.world.env, &self.provider.actor, None, form, "", Channel::Web).await.unwrap()
    }

    /// 登録 as the provider.
    pub async fn submitted(&self) -> ReportNo {
        let no = self.draft(&self.form()).await;
        let revision = self.revision(no).await;
        report::submit(&self.world.env, &self.provider.actor, no, revision, Channel::Web).await.unwrap();
        no
    }

    /// 承認 as the family, without tickets.
    pub async fn approved(&self) -> ReportNo {
        let no = self.submitted().await;
        self.approve(no, &[]).await.unwrap();
        no
    }

    /// 報酬受領 as the provider, in cash.
    pub async fn received(&self) -> ReportNo {
        let no = self.approved().await;
        let revision = self.revision(no).await;
        receipt::receive(&self.world.env, &self.provider.actor, no, revision, "cash", Channel::Web).await.unwrap();
        no
    }

    pub async fn approve(&self, no: ReportNo, tickets: &[(ChildId, &str)]) -> service::Result<()> {
        let form = self.approval_form(no, tickets).await;
        approval::approve(&self.world.env, &self.family.person.actor, no, &form, Channel::Web).await
    }

    /// What the family's page would send now.
    pub async fn approval_form(&self, no: ReportNo, tickets: &[(ChildId, &str)]) -> approval::ApprovalForm {
        let details = self.details(no, &self.family.person.actor).await;
        approval::ApprovalForm {
            revision: details.revision,
            content_hash: details.content_hash,
            tickets: tickets.iter().map(|(child, tickets)| (*child, (*tickets).to_owned())).collect(),
            evidence: String::new(),
        }
    }

    pub async fn details(&self, no: ReportNo, actor: &Actor) -> ReportDetails {
        report::details(&self.world.env, actor, no).await.unwrap()
    }

    pub async fn revision(&self, no: ReportNo) -> i64 {
        let sql = "SELECT revision FROM activity_report WHERE report_no = $1";
        db::scalar(self.world.env.db.read(), sql, vec![i64::from(no.0).into()]).await.unwrap().unwrap()
    }

    /// おためし券 of a child: 8 issued, so many used.
    pub async fn coupon(&self, child: ChildId, used: i64) -> CouponId {
        let row = trial_coupon::ActiveModel {
            child_id: Set(child),
            member_id: Set(self.family.person.id),
            issued: Set(8),
            used: Set(used),
            issued_at: Set(Instant::default()),
            expires_on: Set(super::date("2025-06-30")),
            ..Default::default()
        };
        trial_coupon::Entity::insert(row).exec(self.world.env.db.write()).await.unwrap().last_insert_id
    }

    pub async fn tickets_used(&self, child: ChildId) -> i64 {
        let sql = "SELECT used FROM trial_coupon WHERE child_id = $1";
        db::scalar(self.world.env.db.read(), sql, vec![child.into()]).await.unwrap().unwrap()
    }

    pub async fn activity(&self) -> String {
        let sql = "SELECT a.status FROM activity a JOIN care_request r ON r.id = a.request_id WHERE r.request_no = $1";
        db::scalar(self.world.env.db.read(), sql, vec![i64::from(self.request.0).into()]).await.unwrap().unwrap()
    }

    /// Everything a step on a report could change, to see that nothing did.
    pub async fn everything(&self) -> Vec<String> {
        let mut all = Vec::new();
        for sql in [
            "SELECT CAST(COUNT(*) AS TEXT) || '/' || COALESCE(CAST(SUM(revision) AS TEXT), '') FROM activity_report",
            "SELECT COALESCE(CAST(SUM(used) AS TEXT), '') FROM trial_coupon",
            "SELECT CAST(COUNT(*) AS TEXT) FROM coupon_entry",
            "SELECT CAST(COUNT(*) AS TEXT) || '/' || CAST(COUNT(undone_at) AS TEXT) FROM approval",
            "SELECT CAST(COUNT(*) AS TEXT) || '/' || CAST(COUNT(undone_at) AS TEXT) FROM receipt",
            "SELECT CAST(COUNT(*) AS TEXT) FROM event",
            "SELECT CAST(COUNT(*) AS TEXT) FROM notice",
            "SELECT CAST(COUNT(*) AS TEXT) FROM outbox",
            "SELECT CAST(COUNT(*) AS TEXT) || '/' || COALESCE(CAST(SUM(yen) AS TEXT), '') FROM expense",
            "SELECT CAST(COUNT(*) AS TEXT) FROM activity_report_child",
            "SELECT CAST(COUNT(*) AS TEXT) FROM activity WHERE status = 'reported'",
            "SELECT COALESCE(CAST(SUM(next) AS TEXT), '') FROM sequence",
        ] {
            let value: Option<String> = db::scalar(self.world.env.db.read(), sql, vec![]).await.unwrap();
            all.push(format!("{sql} = {}", value.unwrap_or_default()));
        }
        all
    }
}

/// A request that is 成立, with its planned activity.
pub async fn request(
    world: &World,
    family: &Person,
    provider: &Person,
    (start, end): (&str, &str),
    children: &[ChildId],
) -> RequestNo {
    let (start, end) = (at(start), at(end));
    let tx = world.env.db.begin().await.unwrap();
    let no = service::number::next_request(&tx).await.unwrap();
    let now = world.env.clock.now();
    let row = care_request::ActiveModel {
        request_no: Set(no),
        ward: Set("midori".into()),
        member_id: Set(family.id),
        status: Set(CoordinationStatus::Established),
        care_kind: Set(Some(CareKind::Care)),
        care_place: Set(Some(CarePlace::ProviderHome)),
        starts_at: Set(start),
        ends_at: Set(end),
        place_detail: Set(String::new()),
        notes: Set(String::new()),
        channel: Set(Channel::Web),
        children_count: Set(i64::try_from(children.len()).unwrap()),
        provider_id: Set(Some(provider.id)),
        established_at: Set(Some(now)),
        requested_at: Set(now),
        updated_at: Set(now),
        revision: Set(1),
        ..Default::default()
    };
    let id = care_request::Entity::insert(row).exec(&tx).await.unwrap().last_insert_id;
    for child in children {
        let row = care_request_child::ActiveModel { request_id: Set(id), child_id: Set(*child) };
        care_request_child::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    }
    let row = activity::ActiveModel {
        request_id: Set(id),
        provider_id: Set(provider.id),
        status: Set(ActivityStatus::Planned),
        starts_at: Set(start),
        ends_at: Set(end),
        created_at: Set(now),
        ..Default::default()
    };
    activity::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
    no
}

/// A form for a request with its own times.
pub fn form_for(request: RequestNo, start: &str, end: &str, children: &[ChildId]) -> ReportForm {
    let (start, end) = (at(start), at(end));
    ReportForm {
        request: request.to_string(),
        entered_on: iso_date(start.date()),
        date: iso_date(start.date()),
        start: hhmm(start.minute_of_day()),
        end: hhmm(end.minute_of_day()),
        children: children.iter().map(ToString::to_string).collect(),
        ..ReportForm::default()
    }
}

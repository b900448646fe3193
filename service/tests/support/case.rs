//! Cases in any status, written as the rows a use case would have left.

use super::{Family, Person, World, at};
use domain::actor::Channel;
use domain::id::{OfferId, RequestId};
use domain::number::RequestNo;
use domain::request::{ActivityStatus, CareKind, CarePlace, CoordinationStatus as S, OfferStatus};
use domain::time::Instant;
use sea_orm::{ActiveValue::Set, EntityTrait};
use service::entity::{activity, care_request, care_request_child, offer};

/// What differs from the newsletter's case: 2024-03-30 11:30–13:30, 預かり of 太郎, asked on 2024-03-02.
#[derive(Clone, Debug)]
pub struct CaseSpec {
    pub status: S,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub kind: CareKind,
    pub requested_at: Instant,
}

impl Default for CaseSpec {
    fn default() -> Self {
        Self {
            status: S::Submitted,
            starts_at: at("2024-03-30T11:30"),
            ends_at: at("2024-03-30T13:30"),
            kind: CareKind::Care,
            requested_at: at("2024-03-15T14:45"),
        }
    }
}

impl World {
    /// The newsletter's case in a status; from 提供会員決定 on it has the provider, the meeting and the activity.
    pub async fn a_case(&self, family: &Family, provider: Option<&Person>, status: S) -> RequestNo {
        self.case(family, provider, CaseSpec { status, ..CaseSpec::default() }).await
    }

    pub async fn case(&self, family: &Family, provider: Option<&Person>, spec: CaseSpec) -> RequestNo {
        let tx = self.env.db.begin().await.unwrap();
        let no = service::number::next_request(&tx).await.unwrap();
        let matched = !matches!(
            spec.status,
            S::Draft | S::Submitted | S::InCoordination | S::Offering | S::NotEstablished | S::Withdrawn
        );
        let met = spec.status.meeting_known();
        let agreed = matches!(spec.status, S::Established | S::Completed | S::Cancelled);
        let provider_id = provider.filter(|_| matched).map(|person| person.id);
        let row = care_request::ActiveModel {
            request_no: Set(no),
            ward: Set("midori".into()),
            member_id: Set(family.person.id),
            status: Set(spec.status),
            care_kind: Set(Some(spec.kind)),
            care_place: Set(Some(CarePlace::ProviderHome)),
            starts_at: Set(spec.starts_at),
            ends_at: Set(spec.ends_at),
            place_detail: Set("駅の改札".into()),
            notes: Set("よく眠ります".into()),
            channel: Set(Channel::Web),
            children_count: Set(1),
            provider_id: Set(provider_id),
            meeting_at: Set(met.then(|| spec.starts_at.plus_days(-5))),
            meeting_place: Set(met.then(|| "いっぽ".to_owned())),
            established_at: Set(agreed.then(|| spec.starts_at.plus_days(-4))),
            requested_at: Set(spec.requested_at),
            updated_at: Set(spec.requested_at),
            revision: Set(1),
            ..Default::default()
        };
        let id = care_request::Entity::insert(row).exec(&tx).await.unwrap().last_insert_id;
        let child = care_request_child::ActiveModel { request_id: Set(id), child_id: Set(family.taro) };
        care_request_child::Entity::insert(child).exec_without_returning(&tx).await.unwrap();
        if let (true, Some(provider_id)) = (agreed, provider_id) {
            let status =
                if spec.status == S::Cancelled { ActivityStatus::CancelledByUser } else { ActivityStatus::Planned };
            let row = activity::ActiveModel {
                request_id: Set(id),
                provider_id: Set(provider_id),
                status: Set(status),
                starts_at: Set(spec.starts_at),
                ends_at: Set(spec.ends_at),
                created_at: Set(spec.requested_at),
                ..Default::default()
            };
            activity::Entity::insert(row).exec(&tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        no
    }

    /// An open offer of a case.
    pub async fn an_offer(&self, no: RequestNo, provider: &Person) -> OfferId {
        let now = self.env.clock.now();
        let row = offer::ActiveModel {
            request_id: Set(self.request_id(no).await),
            provider_id: Set(provider.id),
            status: Set(OfferStatus::Sent),
            sent_at: Set(now),
            expires_at: Set(now.plus_days(2)),
            ..Default::default()
        };
        offer::Entity::insert(row).exec(self.env.db.write()).await.unwrap().last_insert_id
    }

    pub async fn request_id(&self, no: RequestNo) -> RequestId {
        RequestId(self.count(&format!("SELECT id FROM care_request WHERE request_no = {}", no.0)).await)
    }

    pub async fn text(&self, sql: &str) -> String {
        service::db::scalar::<String, _>(self.env.db.read(), sql, vec![]).await.unwrap().unwrap_or_default()
    }

    pub async fn status(&self, no: RequestNo) -> S {
        let key = self.text(&format!("SELECT status FROM care_request WHERE request_no = {}", no.0)).await;
        S::from_key(&key).unwrap()
    }

    /// A registered report on a case, as a row.
    pub async fn a_report(&self, no: RequestNo, provider: &Person, status: &str) {
        let tx = self.env.db.begin().await.unwrap();
        let report = service::number::next_report(&tx).await.unwrap();
        tx.commit().await.unwrap();
        let id = self.request_id(no).await;
        let sql = "INSERT INTO activity_report (report_no, ward, request_id, provider_id, status, reward_status, \
                   entered_on, notes, channel, fee_yen, benefit_yen, expenses_yen, coupon_yen, updated_at, revision) \
                   VALUES ($1, 'midori', $2, $3, $4, 'not_received', '2024-03-30', '', 'web', 0, 0, 0, 0, 0, 1)";
        let values = vec![i64::from(report.0).into(), id.into(), provider.id.into(), status.into()];
        service::db::execute(self.env.db.write(), sql, values).await.unwrap();
    }

    /// The 事前打合せ情報 of a case about 太郎, with or without his health.
    pub async fn a_sheet(&self, no: RequestNo, family: &Family, complete: bool) {
        let taro = family.taro;
        let health = format!(r#","illness-{taro}":"なし","allergies-{taro}":"卵""#);
        let health = if complete { health.as_str() } else { "" };
        let fields = format!(r#"{{"first_phone":"090-0000-0001","emergency_contact":"祖母"{health}}}"#);
        let sql = "INSERT INTO pre_meeting_sheet (request_id, fields, complete, updated_at, revision) \
                   VALUES ($1, $2, $3, $4, 1)";
        let id = self.request_id(no).await;
        let values = vec![id.into(), fields.into(), i64::from(complete).into(), self.env.clock.now().0.into()];
        service::db::execute(self.env.db.write(), sql, values).await.unwrap();
    }

    /// How many messages with this subject a person has, whatever number stands behind it.
    pub async fn notified(&self, person: &domain::actor::Actor, subject: &str) -> i64 {
        let sql = format!(
            "SELECT COUNT(*) FROM notice WHERE account_id = {} AND (subject = '{subject}' \
                     OR subject LIKE '{subject}（CDK%' OR subject LIKE '{subject}（EKH%')",
            person.account
        );
        self.count(&sql).await
    }
}

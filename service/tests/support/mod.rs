//! A database per test, a frozen clock, and builders for people and cases.
#![allow(dead_code, reason = "every test file uses another part of the support")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

pub mod case;
mod folder;
pub mod reported;
mod template;

use domain::actor::{AccountRole, Actor, MemberKind, Role};
use domain::event::Action;
use domain::fault::FieldError;
use domain::id::{AccountId, ChildId, MemberId};
use domain::member::{MembershipStatus, REQUIRED_TRAININGS};
use domain::number::MemberNo;
use domain::refusal::Refusal;
use domain::time::{Date, Instant, parse_iso_date, parse_rfc3339};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use service::clock::Clock;
use service::db::{Db, PoolSize};
use service::entity::{account, child, member, training};
use service::{Env, Error, Result, db, id};
use std::path::PathBuf;

/// Runs each test on a fresh SQLite file and on a fresh PostgreSQL database.
#[macro_export]
macro_rules! both_databases {
    ($(async fn $name:ident($world:ident) $body:block)+) => {
        $(
            #[cfg(test)]
            mod $name {
                #[allow(unused_imports)]
                use super::*;

                async fn test($world: $crate::support::World) $body

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    test($crate::support::World::sqlite().await).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    test($crate::support::World::postgres().await).await;
                }
            }
        )+
    };
}

/// A city of its own for one test.
pub struct World {
    pub env: Env,
    pub url: String,
    _cleanup: Cleanup,
}

enum Cleanup {
    File(PathBuf),
    Postgres { admin: String, name: String },
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        match self {
            Self::File(path) => {
                for suffix in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
                }
            }
            Self::Postgres { admin, name } => {
                let (admin, name) = (admin.clone(), name.clone());
                // A database can be dropped only by another connection, and a destructor cannot wait.
                let _ = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    runtime.block_on(async {
                        if let Ok(db) = Db::connect(&admin, PoolSize { connections: 1 }).await {
                            let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                            let _ = db.write().execute_unprepared(&sql).await;
                        }
                    });
                })
                .join();
            }
        }
    }
}

/// The newsletter's Saturday: 2024-03-16 10:00 in Asia/Tokyo.
pub fn saturday() -> Instant {
    parse_rfc3339("2024-03-16T10:00:00+09:00").unwrap()
}

pub fn date(text: &str) -> Date {
    parse_iso_date(text).unwrap()
}

pub fn at(text: &str) -> Instant {
    parse_rfc3339(&format!("{text}:00+09:00")).unwrap()
}

/// Why a step was refused.
pub fn refused(result: Result<impl std::fmt::Debug>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// What is to be fixed.
pub fn invalid(result: Result<impl std::fmt::Debug>) -> Vec<FieldError> {
    match result {
        Err(Error::Invalid(errors)) => errors,
        other => panic!("expected fields to fix, got {other:?}"),
    }
}

/// Who did what before a stale page.
pub fn stale(result: Result<impl std::fmt::Debug>) -> (String, String) {
    match result {
        Err(Error::Stale { by, action }) => (by, action.map_or_else(String::new, |action| action.key().to_owned())),
        other => panic!("expected to read who was first, got {other:?}"),
    }
}

impl World {
    pub async fn sqlite() -> Self {
        let path = folder::own().join(format!("{}.db", id::token().unwrap()));
        template::copy_file(&path).await;
        let url = format!("sqlite:{}", path.display());
        Self::prepare(url, Cleanup::File(path)).await
    }

    pub async fn postgres() -> Self {
        #[allow(clippy::disallowed_methods, reason = "tests have no settings of their own")]
        let admin = std::env::var("KOSAPO_TEST_POSTGRES").expect(
            "KOSAPO_TEST_POSTGRES is not set: run `cargo xtask test`, or name a PostgreSQL, \
             e.g. postgres://postgres@localhost/postgres?host=/tmp/folder-of-its-socket",
        );
        let name = format!("kosapo_test_{}", &id::sha256(&id::token().unwrap())[..24]);
        let (head, query) = admin.split_once('?').unwrap_or((&admin, ""));
        let server = head.rsplit_once('/').unwrap().0;
        let url = |name: &str| format!("{server}/{name}?{query}");
        template::copy_database(&admin, &name, url).await;
        Self::prepare(url(&name), Cleanup::Postgres { admin: admin.clone(), name }).await
    }

    async fn prepare(url: String, cleanup: Cleanup) -> Self {
        let db = Db::connect(&url, PoolSize { connections: 4 }).await.unwrap();
        let env = Env {
            db,
            clock: Clock::frozen(saturday()),
            hasher: service::password::Hasher::default(),
            settings: std::sync::Arc::default(),
            demo: None,
        };
        Self { env, url, _cleanup: cleanup }
    }

    /// Another database of the same kind.
    pub async fn another(&self) -> Self {
        match self._cleanup {
            Cleanup::File(_) => Self::sqlite().await,
            Cleanup::Postgres { .. } => Self::postgres().await,
        }
    }

    /// A second server on the same database, with its own connections.
    pub async fn second_server(&self) -> Env {
        Env { db: Db::connect(&self.url, PoolSize { connections: 2 }).await.unwrap(), ..self.env.clone() }
    }

    /// A member with an account, active; providers hold every training until 2028.
    pub async fn member(&self, ward: &str, kind: MemberKind, family: &str, given: &str) -> Person {
        let tx = self.env.db.begin().await.unwrap();
        let no = service::number::next_member(&tx).await.unwrap();
        let now = self.env.clock.now();
        let id = member::Entity::insert(member::ActiveModel {
            member_no: Set(no),
            ward: Set(ward.into()),
            kind: Set(kind),
            status: Set(MembershipStatus::Active),
            family_name: Set(family.into()),
            given_name: Set(given.into()),
            family_kana: Set("カナ".into()),
            given_kana: Set("カナ".into()),
            search_key: Set(format!("{family}{given}")),
            postal: Set("226-0025".into()),
            town: Set("十日市場町".into()),
            address: Set(format!("{}", no.0)),
            household_key: Set(format!("十日市場町{}", no.0)),
            telephone: Set("045-000-0001".into()),
            mail: Set(format!("m{}@example.jp", no.0)),
            created_at: Set(now),
            updated_at: Set(now),
            revision: Set(1),
            ..Default::default()
        })
        .exec(&tx)
        .await
        .unwrap()
        .last_insert_id;
        if kind.provides() {
            for training in REQUIRED_TRAININGS {
                training::Entity::insert(training::ActiveModel {
                    member_id: Set(id),
                    kind: Set(*training),
                    valid_until: Set(date("2028-03-31")),
                    ..Default::default()
                })
                .exec(&tx)
                .await
                .unwrap();
            }
        }
        tx.commit().await.unwrap();
        let name = format!("{family} {given}");
        let role = Role::Member { member: id, no, kind, ward: ward.into() };
        let account = self.account(&name, AccountRole::Member, None, Some(id)).await;
        Person { id, no, actor: Actor { account, name, role } }
    }

    /// A 利用会員 of 緑区 with two children: 太郎 (4) and 桜 (9 months, born after 2023-04-01).
    pub async fn a_family(&self) -> Family {
        let person = self.member("midori", MemberKind::User, "木村", "花子").await;
        let taro = self.child(person.id, "太郎", "2019-06-10").await;
        let sakura = self.child(person.id, "桜", "2023-06-10").await;
        Family { person, taro, sakura }
    }

    /// A 提供会員 of 緑区 who passes every gate.
    pub async fn a_provider(&self) -> Person {
        self.member("midori", MemberKind::Provider, "山田", "和子").await
    }

    pub async fn child(&self, member: MemberId, name: &str, birth: &str) -> ChildId {
        let row = child::ActiveModel {
            member_id: Set(member),
            given_name: Set(name.into()),
            kana: Set("カナ".into()),
            birth_date: Set(date(birth)),
            ..Default::default()
        };
        child::Entity::insert(row).exec(self.env.db.write()).await.unwrap().last_insert_id
    }

    pub async fn coordinator(&self, ward: &str) -> Actor {
        let name = format!("{ward}の担当");
        let account = self.account(&name, AccountRole::Coordinator, Some(ward), None).await;
        Actor { account, name, role: Role::Coordinator { ward: ward.into() } }
    }

    pub async fn hq(&self) -> Actor {
        let account = self.account("本部", AccountRole::Hq, None, None).await;
        Actor { account, name: "本部".into(), role: Role::Hq }
    }

    async fn account(&self, name: &str, role: AccountRole, ward: Option<&str>, member: Option<MemberId>) -> AccountId {
        let row = account::ActiveModel {
            user_id: Set(None),
            password_hash: Set(None),
            name: Set(name.into()),
            role: Set(role),
            ward: Set(ward.map(str::to_owned)),
            member_id: Set(member),
            created_at: Set(self.env.clock.now()),
            ..Default::default()
        };
        account::Entity::insert(row).exec(self.env.db.write()).await.unwrap().last_insert_id
    }

    /// One number from a select, for counting what was written.
    pub async fn count(&self, sql: &str) -> i64 {
        db::scalar(self.env.db.read(), sql, vec![]).await.unwrap().unwrap_or(0)
    }

    /// How often something happened; by its type, for a key that nothing has is counted as well as any other.
    pub async fn events(&self, action: Action) -> i64 {
        self.count(&format!("SELECT COUNT(*) FROM event WHERE action = '{}'", action.key())).await
    }
}

pub struct Person {
    pub id: MemberId,
    pub no: MemberNo,
    pub actor: Actor,
}

pub struct Family {
    pub person: Person,
    pub taro: ChildId,
    pub sakura: ChildId,
}

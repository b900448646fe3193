//! The people of the demo city: members with children and trainings, and their accounts.

use super::names::{CHILD, FAMILY, GIVEN, TOWNS, Towns};
use super::rng::Rng;
use super::rows::{Keys, Rows};
use domain::actor::{AccountRole, Actor, MemberKind, Role};
use domain::id::{AccountId, ChildId, MemberId};
use domain::member::{MembershipStatus, REQUIRED_TRAININGS, TrainingKind};
use domain::number::MemberNo;
use domain::time::{Date, Instant};
use service::entity::{account, child, member, training};
use service::member::{household_key, search_key};
use service::session::TextSize;

/// A child as the cases need it.
#[derive(Clone, Debug)]
pub struct Child {
    /// The row.
    pub id: ChildId,
    /// Its given name.
    pub name: String,
    /// Its birth date.
    pub birth_date: Date,
}

/// A member as the cases need it.
#[derive(Clone, Debug)]
pub struct Person {
    /// The row.
    pub id: MemberId,
    /// The account; every member of the demo has one.
    pub actor: Actor,
    /// 氏名.
    pub name: String,
    /// 会員種別.
    pub kind: MemberKind,
    /// The membership's status.
    pub status: MembershipStatus,
    /// The household's key.
    pub household: String,
    /// The children.
    pub children: Vec<Child>,
    /// When the shortest training ends; `None` without all trainings.
    pub trained_until: Option<Date>,
    /// When the member joined.
    pub joined: Instant,
}

impl Person {
    /// 「山田節子（MEM0040846）」, as histories name a member.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.actor.role {
            Role::Member { no, .. } => format!("{}（{no}）", self.name),
            Role::Coordinator { .. } | Role::Hq => self.name.clone(),
        }
    }
}

/// How a member is to be.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The ward.
    pub ward: &'a str,
    /// 会員種別.
    pub kind: MemberKind,
    /// The number.
    pub no: MemberNo,
    /// User ID, for those who sign in.
    pub user_id: Option<&'a str>,
    /// Family and given name with kana; drawn when left out.
    pub name: Option<[&'a str; 4]>,
    /// Town and rest of the address; drawn when left out.
    pub place: Option<(&'a str, &'a str)>,
    /// Name, kana and birth date of the children; drawn when left out.
    pub children: Option<&'a [(&'a str, &'a str, Date)]>,
    /// The membership's status.
    pub status: MembershipStatus,
    /// When the member joined.
    pub joined: Instant,
    /// When all trainings end; `None` for a member without trainings.
    pub trained_until: Option<Date>,
    /// The day by which a drawn child must be eligible, and not yet too old.
    pub today: Date,
}

/// Places where people are written down.
#[derive(Debug)]
pub struct Register<'a> {
    /// Draws names.
    pub rng: &'a mut Rng,
    /// Gives keys.
    pub keys: &'a mut Keys,
    /// Takes rows.
    pub rows: &'a mut Rows,
    /// The one password hash of all demo accounts.
    pub password_hash: &'a str,
}

/// Towns of a ward; those of 緑区 for a ward that is not ours.
fn towns(ward: &str) -> Option<&'static Towns> {
    TOWNS.iter().find(|towns| towns.ward == ward).or_else(|| TOWNS.iter().find(|towns| towns.ward == "midori"))
}

impl Register<'_> {
    /// Writes a member down.
    pub fn member(&mut self, wanted: &Wanted<'_>) -> Person {
        let id = MemberId(self.keys.next("member"));
        let [family, given, family_kana, given_kana] = wanted.name.unwrap_or_else(|| {
            let family = self.rng.pick(FAMILY).copied().unwrap_or_default();
            let given = self.rng.pick(GIVEN).copied().unwrap_or_default();
            [family.0, given.0, family.1, given.1]
        });
        let all = towns(wanted.ward).map_or(&[] as &[_], |towns| towns.towns);
        let (town, postal, address) = if let Some((town, address)) = wanted.place {
            let postal = all.iter().find(|known| known.0 == town).map_or("", |known| known.1);
            (town, postal, address.to_owned())
        } else {
            let (town, postal) = self.rng.pick(all).copied().unwrap_or_default();
            (town, postal, self.address())
        };
        let town = town.to_owned();
        let household = household_key(postal, &town, &address);
        self.rows.member.push(member::Model {
            id,
            member_no: wanted.no,
            ward: wanted.ward.to_owned(),
            kind: wanted.kind,
            status: wanted.status,
            family_name: family.to_owned(),
            given_name: given.to_owned(),
            family_kana: family_kana.to_owned(),
            given_kana: given_kana.to_owned(),
            search_key: search_key(family, given, family_kana, given_kana),
            postal: postal.to_owned(),
            town,
            address,
            household_key: household.clone(),
            telephone: format!("045-000-{:04}", wanted.no.0 % 10_000),
            mail: wanted
                .user_id
                .map_or_else(|| format!("mem{:07}@example.jp", wanted.no.0), |id| format!("{id}@example.jp")),
            created_at: wanted.joined,
            updated_at: wanted.joined,
            revision: 1,
        });
        if let Some(until) = wanted.trained_until {
            self.trainings(id, until, REQUIRED_TRAININGS);
        }
        let children = self.children(id, wanted);
        let name = format!("{family}{given}");
        let actor = Actor {
            account: self.account(
                &name,
                AccountRole::Member,
                wanted.user_id,
                Some(wanted.ward),
                Some(id),
                wanted.joined,
            ),
            name: name.clone(),
            role: Role::Member { member: id, no: wanted.no, kind: wanted.kind, ward: wanted.ward.to_owned() },
        };
        Person {
            id,
            actor,
            name,
            kind: wanted.kind,
            status: wanted.status,
            household,
            children,
            trained_until: wanted.trained_until,
            joined: wanted.joined,
        }
    }

    /// Writes down the trainings of a member.
    pub fn trainings(&mut self, member_id: MemberId, valid_until: Date, kinds: &[TrainingKind]) {
        for kind in kinds {
            let id = self.keys.next("training");
            self.rows.training.push(training::Model { id, member_id, kind: *kind, valid_until });
        }
    }

    /// Writes an account down; without a user ID nobody can sign in with it.
    pub fn account(
        &mut self,
        name: &str,
        role: AccountRole,
        user_id: Option<&str>,
        ward: Option<&str>,
        member_id: Option<MemberId>,
        at: Instant,
    ) -> AccountId {
        let id = AccountId(self.keys.next("account"));
        self.rows.account.push(account::Model {
            id,
            user_id: user_id.map(str::to_owned),
            password_hash: user_id.map(|_| self.password_hash.to_owned()),
            name: name.to_owned(),
            role,
            ward: ward.map(str::to_owned),
            member_id,
            created_at: at,
            text_size: TextSize::Normal,
        });
        id
    }

    fn address(&mut self) -> String {
        let house = format!("{}-{}", self.rng.between(1, 2400), self.rng.between(1, 28));
        match self.rng.below(4) {
            0 => format!("{house} グリーンハイツ{}0{}号室", self.rng.between(1, 9), self.rng.between(1, 9)),
            1 => format!("{house} コーポみどり{}0{}", self.rng.between(1, 3), self.rng.between(1, 6)),
            _ => house,
        }
    }

    fn children(&mut self, member_id: MemberId, wanted: &Wanted<'_>) -> Vec<Child> {
        let drawn: Vec<(&str, &str, Date)> = match wanted.children {
            Some(given) => given.to_vec(),
            None if wanted.kind.uses() => {
                let count = [1, 1, 1, 2, 2, 3].get(self.rng.below(6)).copied().unwrap_or(1);
                let mut age_days = self.rng.between(120, 2000);
                (0..count)
                    .map(|_| {
                        let (name, kana) = self.rng.pick(CHILD).copied().unwrap_or_default();
                        let birth = wanted.today - time::Duration::days(age_days);
                        age_days += self.rng.between(420, 900);
                        (name, kana, birth)
                    })
                    .collect()
            }
            None => Vec::new(),
        };
        drawn
            .into_iter()
            .map(|(name, kana, birth_date)| {
                let id = ChildId(self.keys.next("child"));
                self.rows.child.push(child::Model {
                    id,
                    member_id,
                    given_name: name.to_owned(),
                    kana: kana.to_owned(),
                    birth_date,
                });
                Child { id, name: name.to_owned(), birth_date }
            })
            .collect()
    }
}

//! Sessions: who is signed in, for how long, and the throttle on failed sign-ins.
//!
//! The cookie holds 256 random bits, the database their SHA-256. Sessions and throttling use real time.
//! Limits: members 14 days idle and 30 days in all, staff 30 minutes and 12 hours (criteria B-SE-4); from the fifth
//! failure of one user ID (on a device that the person knows: of that device) it rests 1, 2, 4 … 900 seconds, and one
//! address (of IPv6: one /64 network) may fail ten times in three minutes (criteria B-AU-2).

use crate::entity::{account, login_failure, session};
use crate::error::{Error, Result, stored};
use crate::{Env, db, form_draft, id, seal};
pub use domain::actor::TextSize;
use domain::actor::{AccountRole, Actor, MemberKind, Role};
use domain::id::{AccountId, MemberId};
use domain::input::narrow;
use domain::number::MemberNo;
use domain::request::OfferStatus;
use domain::time::Instant;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use tokio::sync::OwnedMutexGuard;
use unicode_normalization::UnicodeNormalization;

const DAY: i64 = 24 * 60;
/// Minutes without a page after which a coordinator or an officer signs in again.
pub const STAFF_IDLE_MINUTES: i64 = 30;

/// Minutes of a session's life: (idle, absolute).
const fn life(staff: bool) -> (i64, i64) {
    if staff { (STAFF_IDLE_MINUTES, 12 * 60) } else { (14 * DAY, 30 * DAY) }
}

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The person.
    pub actor: Actor,
    /// Unread messages in 受信メール.
    pub unread: i64,
    /// Offers (打診) that wait for a provider's answer.
    pub offers: i64,
    /// How large the person wants to read.
    pub text_size: TextSize,
    /// What this person's forms carry to say for whom they were drawn.
    pub writer: String,
}

#[derive(FromQueryResult)]
struct SessionRow {
    seen_at: Instant,
    expires_at: Instant,
    account: AccountId,
    name: String,
    role: AccountRole,
    ward: Option<String>,
    text_size: TextSize,
    member: Option<MemberId>,
    member_no: Option<MemberNo>,
    kind: Option<MemberKind>,
    member_ward: Option<String>,
    unread: i64,
    offers: i64,
    secret: Option<String>,
}

/// A session with its person, and what waits for the person.
///
/// By hand: one query a page, whose four parts each go by an index of their own.
const FIND: &str = "SELECT s.seen_at, s.expires_at, a.id AS account, a.name, a.role, a.ward, a.text_size, \
    m.id AS member, m.member_no, m.kind, m.ward AS member_ward, \
    (SELECT count(*) FROM notice n WHERE n.account_id = a.id AND n.read_at IS NULL) AS unread, \
    CASE WHEN m.kind IN (:providing) THEN (SELECT count(*) FROM offer o WHERE o.provider_id = m.id \
    AND o.status IN (:open) AND o.expires_at > :now) ELSE 0 END AS offers, \
    (SELECT value FROM setting WHERE key = 'seal') AS secret \
    FROM session s JOIN account a ON a.id = s.account_id LEFT JOIN member m ON m.id = a.member_id \
    WHERE s.token_hash = :token";

/// Finds the session of a cookie's token; `None` when there is none or it has run out. One query.
pub async fn find(env: &Env, token: &str) -> Result<Option<Session>> {
    let hash = id::sha256(token);
    // Offers run out by business time, sessions by real time.
    let find = db::raw(FIND).with("token", hash.clone()).with("now", env.clock.now());
    let find = find.with_all("providing", MemberKind::PROVIDING).with_all("open", OfferStatus::OPEN);
    let Some(row) = find.row::<SessionRow, _>(env.db.read()).await? else { return Ok(None) };
    let now = env.clock.real_now();
    let role = match (row.role, row.member, row.member_no, row.kind) {
        (AccountRole::Member, Some(member), Some(no), Some(kind)) => {
            Role::Member { member, no, kind, ward: row.member_ward.unwrap_or_default() }
        }
        (AccountRole::Member, ..) => return Err(Error::Broken("an account of a member without a member".into())),
        (AccountRole::Coordinator, ..) => Role::Coordinator { ward: row.ward.unwrap_or_default() },
        (AccountRole::Hq, ..) => Role::Hq,
    };
    let (idle, _) = life(!matches!(role, Role::Member { .. }));
    if now >= row.expires_at || now >= row.seen_at.plus_minutes(idle) {
        return Ok(None);
    }
    // Written at most once a minute: a page view should not cost a write.
    if now >= row.seen_at.plus_minutes(1) {
        let seen = session::Entity::update_many()
            .col_expr(session::Column::SeenAt, Expr::value(now))
            .filter(session::Column::TokenHash.eq(hash))
            .filter(session::Column::SeenAt.lt(now));
        match seen.exec(env.db.write()).await.map_err(Error::from) {
            // Who only reads is not kept out because nothing can be written.
            Err(error @ Error::Unavailable(_)) => tracing::warn!("a session's last page is not noted: {error}"),
            written => {
                written?;
            }
        }
    }
    let writer = form_draft::drawn_for(&stored(row.secret, "secret of seals")?, row.account);
    let actor = Actor { account: row.account, name: row.name, role };
    Ok(Some(Session { actor, unread: row.unread, offers: row.offers, text_size: row.text_size, writer }))
}

/// Keeps the size of letters that a person wants on every page and device.
pub async fn set_text_size(env: &Env, actor: &Actor, size: TextSize) -> Result<()> {
    let change = account::ActiveModel { text_size: Set(size), ..Default::default() };
    account::Entity::update_many()
        .set(change)
        .filter(account::Column::Id.eq(actor.account))
        .exec(env.db.write())
        .await?;
    Ok(())
}

/// Makes a session for an account and returns the cookie's token.
pub async fn start<C: ConnectionTrait>(connection: &C, env: &Env, account: AccountId, staff: bool) -> Result<String> {
    let token = id::token()?;
    let now = env.clock.real_now();
    let row = session::ActiveModel {
        token_hash: Set(id::sha256(&token)),
        account_id: Set(account),
        created_at: Set(now),
        seen_at: Set(now),
        expires_at: Set(now.plus_minutes(life(staff).1)),
    };
    session::Entity::insert(row).exec_without_returning(connection).await?;
    Ok(token)
}

/// Ends a session; ending one that is gone is no error.
pub async fn end(env: &Env, token: &str) -> Result<()> {
    session::Entity::delete_by_id(id::sha256(token)).exec(env.db.write()).await?;
    Ok(())
}

/// Ends every session of an account, after a new password. A suspended member keeps theirs: they may still read.
pub async fn end_all<C: ConnectionTrait>(connection: &C, account: AccountId) -> Result<()> {
    session::Entity::delete_many().filter(session::Column::AccountId.eq(account)).exec(connection).await?;
    Ok(())
}

/// Forgets sessions that have run out and failures of yesterday; run by the hourly job.
pub async fn purge(env: &Env) -> Result<()> {
    let now = env.clock.real_now();
    let over = session::Column::ExpiresAt.lte(now);
    session::Entity::delete_many().filter(over).exec(env.db.write()).await?;
    let over = login_failure::Column::LastAt.lte(now.plus_days(-1));
    login_failure::Entity::delete_many().filter(over).exec(env.db.write()).await?;
    Ok(())
}

/// The user ID as it is compared: as numbers are read everywhere (half width, plain hyphens, nothing invisible), lower
/// case, without spaces around.
#[must_use]
pub fn fold_user_id(text: &str) -> String {
    narrow(&text.nfkc().collect::<String>()).to_lowercase()
}

/// Signs in and returns the new cookie's token; every failure answers alike and takes as long.
///
/// A try counts as failed before its password is looked at, so that many at once are as few as one after another; a
/// try that fits takes its count back. Tries of one key wait for each other: a right password under way is no failure.
/// The work goes on when the browser leaves, so that its count is taken back all the same.
///
/// A device on which this person signed in before (see [`device`]) has a counter of its own: what strangers do with the
/// user ID elsewhere, or others behind the same address, does not keep the person out.
///
/// # Errors
/// [`Error::LoginFailed`], [`Error::Throttled`] or [`Error::Busy`].
pub async fn sign_in(env: &Env, user_id: &str, password: &str, address: &str, device: Option<&str>) -> Result<String> {
    let user_id = fold_user_id(user_id);
    let throttles = match known_device(env, &user_id, device).await? {
        Some(device) => vec![Throttle::device(&device)],
        // The address first: whom it keeps out leaves no row for the user IDs that it tries.
        None => vec![Throttle::address(address), Throttle::account(&user_id)],
    };
    let (env, password) = (env.clone(), password.to_owned());
    let work = async move {
        // Always the account's turn first, so that nobody waits in a circle.
        let mut turns = Vec::new();
        for throttle in throttles.iter().rev() {
            turns.push(turn(&throttle.key).await);
        }
        let answer = try_password(&env, &user_id, &password, throttles).await;
        drop(turns);
        answer
    };
    tokio::spawn(work).await.map_err(|error| Error::Broken(format!("signing in: {error}")))?
}

async fn try_password(env: &Env, user_id: &str, password: &str, throttles: Vec<Throttle>) -> Result<String> {
    let mut counted = Vec::new();
    for throttle in throttles {
        match throttle.count(env).await {
            Ok(one) => counted.push(one),
            Err(error) => {
                take_back(env, &counted).await?;
                return Err(error);
            }
        }
    }
    let found = account::Entity::find().filter(account::Column::UserId.eq(user_id)).one(env.db.read()).await?;
    let hash = found.as_ref().and_then(|account| account.password_hash.clone());
    let fits = match env.hasher.verify(password, hash.as_deref()).await {
        Ok(fits) => fits,
        Err(error) => {
            take_back(env, &counted).await?;
            return Err(error);
        }
    };
    let Some(account) = found.filter(|_| fits) else { return Err(Error::LoginFailed) };
    for one in &counted {
        if one.of_person { one.forget(env).await? } else { one.take_back(env).await? }
    }
    start(env.db.write(), env, account.id, account.role != AccountRole::Member).await
}

async fn take_back(env: &Env, counted: &[Counted]) -> Result<()> {
    for one in counted {
        one.take_back(env).await?;
    }
    Ok(())
}

/// What a device keeps after this person signed in on it: sealed for the user ID, and as it was where it is there already.
pub async fn device(env: &Env, user_id: &str, kept: Option<&str>) -> Result<String> {
    let user_id = fold_user_id(user_id);
    match (known_device(env, &user_id, kept).await?, kept) {
        (Some(_), Some(kept)) => Ok(kept.to_owned()),
        _ => Ok(seal::sealed(&seal::secret(env).await?, &device_of(&user_id), &id::token()?)),
    }
}

async fn known_device(env: &Env, user_id: &str, device: Option<&str>) -> Result<Option<String>> {
    let Some(device) = device else { return Ok(None) };
    let secret = seal::secret(env).await?;
    Ok(seal::opened(&secret, &device_of(user_id), device).map(str::to_owned))
}

fn device_of(user_id: &str) -> String {
    format!("device of {}", id::sha256(user_id))
}

type Turn = tokio::sync::Mutex<()>;

/// Waits until no other try of this key is under way on this server.
async fn turn(key: &str) -> OwnedMutexGuard<()> {
    static TURNS: LazyLock<Mutex<HashMap<String, Weak<Turn>>>> = LazyLock::new(Mutex::default);
    let turn = {
        let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.len() >= 1000 {
            turns.retain(|_, turn| turn.strong_count() > 0);
        }
        let waiting = turns.get(key).and_then(Weak::upgrade);
        waiting.unwrap_or_else(|| {
            let fresh = Arc::default();
            turns.insert(key.to_owned(), Arc::downgrade(&fresh));
            fresh
        })
    };
    turn.lock_owned().await
}

/// A count of failures with its rule.
struct Throttle {
    key: String,
    /// Failures that cost nothing.
    free: i64,
    /// Minutes after which the count starts again.
    window: i64,
    /// The longest rest in seconds.
    longest: i64,
    /// Whether the person's own right password forgets all of it.
    of_person: bool,
}

/// A try that was counted.
struct Counted {
    key: String,
    /// The rest that this try began; 0 for none.
    until: Instant,
    of_person: bool,
}

impl Throttle {
    fn account(user_id: &str) -> Self {
        Self { key: format!("user:{}", id::sha256(user_id)), free: 4, window: DAY, longest: 900, of_person: true }
    }

    fn device(device: &str) -> Self {
        Self { key: format!("device:{}", id::sha256(device)), free: 4, window: DAY, longest: 900, of_person: true }
    }

    fn address(address: &str) -> Self {
        Self { key: format!("address:{}", network(address)), free: 9, window: 3, longest: 180, of_person: false }
    }

    /// Counts a try as failed, unless its rest is not over.
    async fn count(self, env: &Env) -> Result<Counted> {
        #[derive(FromQueryResult)]
        struct Row {
            count: i64,
            blocked_until: Instant,
        }
        let now = env.clock.real_now();
        // The row is ours from its first change to the end of the transaction: nobody counts beside us.
        let transaction = env.db.begin().await?;
        // By hand, as every lease: counted and read in one statement.
        let count = db::raw(
            "INSERT INTO login_failure (key, count, last_at, blocked_until) VALUES (:key, 1, :now, 0) \
             ON CONFLICT (key) DO UPDATE SET count = CASE WHEN login_failure.last_at < :stale THEN 1 \
             ELSE login_failure.count + 1 END, last_at = :now RETURNING count, blocked_until",
        );
        let count = count.with("key", self.key.clone()).with("now", now);
        let row = count.with("stale", now.plus_minutes(-self.window)).row::<Row, _>(&transaction).await?;
        let Row { count, blocked_until } = stored(row, "count of failures")?;
        let left = blocked_until.0 - now.0;
        if left > 0 {
            return Err(Error::Throttled { seconds: left.div_euclid(1_000_000) + 1 });
        }
        let mut until = Instant::default();
        if count > self.free {
            let step = u32::try_from(Ord::min(count - self.free - 1, 20)).unwrap_or(20);
            until = Instant(now.0 + Ord::min(2_i64.pow(step), self.longest) * 1_000_000);
            login_failure::Entity::update_many()
                .col_expr(login_failure::Column::BlockedUntil, Expr::value(until))
                .filter(login_failure::Column::Key.eq(&self.key))
                .exec(&transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(Counted { key: self.key, until, of_person: self.of_person })
    }
}

impl Counted {
    /// Takes this try back and the rest it began; those of others stay, and where there are none nothing does.
    async fn take_back(&self, env: &Env) -> Result<()> {
        use login_failure::Column as F;
        let alone = login_failure::Entity::delete_by_id(&self.key).filter(F::Count.lte(1));
        if alone.exec(env.db.write()).await?.rows_affected > 0 {
            return Ok(());
        }
        let mine = Expr::col(F::BlockedUntil).eq(self.until);
        let rest = Expr::case(mine, Expr::val(0_i64)).finally(Expr::col(F::BlockedUntil));
        login_failure::Entity::update_many()
            .col_expr(F::Count, Expr::col(F::Count).sub(1))
            .col_expr(F::BlockedUntil, rest.into())
            .filter(Expr::col(F::Key).eq(&self.key))
            .filter(Expr::col(F::Count).gt(0))
            .exec(env.db.write())
            .await?;
        Ok(())
    }

    /// Forgets every try.
    async fn forget(&self, env: &Env) -> Result<()> {
        login_failure::Entity::delete_by_id(&self.key).exec(env.db.write()).await?;
        Ok(())
    }
}

/// What one household or company cannot change at will: an IPv4 address, or the /64 network of an IPv6 address.
#[must_use]
pub fn network(address: &str) -> String {
    match address.trim_matches(['[', ']']).parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Ok(address) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{fold_user_id, network};

    #[test]
    fn a_user_id_is_read_as_leniently_as_a_number() {
        for typed in
            ["hanako-k", " ＨＡＮＡＫＯ－Ｋ ", "hanako\u{200B}-k\u{FEFF}", "hanako─k", "hanakoーk", "\u{AD}hanako-k"]
        {
            assert_eq!(fold_user_id(typed), "hanako-k", "{typed}");
        }
    }

    #[test]
    fn an_address_of_ipv6_counts_with_its_network() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2::9"), network("2001:db8:1:2:3:4:5:6"));
        assert_ne!(network("2001:db8:1:3::9"), network("2001:db8:1:2::9"));
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("unknown"), "unknown");
    }
}

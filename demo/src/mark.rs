//! The mark of a demo's database: a demo city is never mistaken for real data, nor written into them.

use crate::{Size, branches, start};
use domain::time::{Instant, rfc3339};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, QuerySelect};
use service::clock::Clock;
use service::db::{Db, Transaction};
use service::entity::{account, close_run, member, outbox, setting};
use service::error::{Error, Result};
use service::{Env, demo};

const MARK: &str = "demo";
/// Where the clock began, so that the same arguments are told apart from an earlier moment.
const BEGAN: &str = "demo_began";
/// What the mark begins with until the city is there to its end.
const WRITING: &str = "writing ";

/// What stands in a database, before anything is written to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// No table.
    Nothing,
    /// Tables of another program.
    Foreign,
    /// Our tables without a mark: real data, or none yet.
    Real,
    /// A demo city whose writing was cut off.
    HalfWritten,
    /// The demo city of a size: `small`, `city 1`, …
    City(String),
}

/// Looks at a database and changes nothing, so it may be asked before the migrations.
pub async fn look(db: &Db) -> Result<Found> {
    let tables = db.tables().await?;
    let has = |name: &str| tables.iter().any(|table| table == name);
    if tables.iter().all(|table| table == "seaql_migrations") {
        return Ok(Found::Nothing);
    }
    if !["seaql_migrations", "account", "member", "setting"].into_iter().all(has) {
        return Ok(Found::Foreign);
    }
    Ok(match read(db, MARK).await? {
        None => Found::Real,
        Some(mark) if mark.starts_with(WRITING) => Found::HalfWritten,
        Some(size) => Found::City(size),
    })
}

async fn read(db: &Db, key: &str) -> Result<Option<String>> {
    Ok(setting::Entity::find_by_id(key).one(db.read()).await?.map(|row| row.value))
}

/// Whether the city is still to be written into a database; changes nothing.
///
/// # Errors
/// [`Error::Broken`] with a sentence when the database holds anything but this city.
pub async fn is_to_be_written(db: &Db, size: Size) -> Result<bool> {
    let sentence = match look(db).await? {
        Found::Nothing => return Ok(true),
        Found::City(known) if known == size.to_string() => return Ok(false),
        Found::City(known) => format!("the database already holds the demo city of size {known}; choose another one"),
        Found::HalfWritten => "the demo city in this database was not written to its end; give a fresh one".to_owned(),
        Found::Foreign => "the database holds tables of another program; choose an empty one".to_owned(),
        Found::Real if is_empty(db).await? => return Ok(true),
        Found::Real => "the database is not empty and carries no demo mark; choose another one".to_owned(),
    };
    Err(Error::Broken(sentence))
}

/// Whether nobody has worked in a database. A close that ran, even over nothing, would stand in the way of the city's own.
async fn is_empty(db: &Db) -> Result<bool> {
    let people = rows::<member::Entity>(db).await? + rows::<account::Entity>(db).await?;
    Ok(people + rows::<close_run::Entity>(db).await? == 0)
}

/// How many rows a table has; asks for no column, because the schema may be an earlier one.
async fn rows<E: EntityTrait>(db: &Db) -> Result<i64> {
    let count = E::find().select_only().expr_as(Expr::val(1).count(), "rows").into_tuple().one(db.read());
    Ok(count.await?.unwrap_or(0))
}

/// Checks where the clock of a city that is there already is asked to go on: time does not run back behind what happened
/// there. The moment it began at asks for nothing.
///
/// # Errors
/// [`Error::Broken`] with a sentence for a moment before the city's own time.
pub async fn check_later(db: &Db, asked: Option<Instant>) -> Result<()> {
    let now = clock(db).await?.now();
    let Some(asked) = asked.filter(|asked| *asked < now) else { return Ok(()) };
    if read(db, BEGAN).await?.is_some_and(|began| began == asked.0.to_string()) {
        return Ok(());
    }
    Err(Error::Broken(format!(
        "in the demo city of this database it is {} already; leave --now out to go on from there, or give an empty \
         database",
        rfc3339(now)
    )))
}

/// The clock of a database: the demo's where it holds the demo city, else the real one.
pub async fn clock(db: &Db) -> Result<Clock> {
    if !matches!(look(db).await?, Found::City(_)) {
        return Ok(Clock::system());
    }
    Ok(demo::kept_clock(db).await?.unwrap_or_else(|| Clock::demo(start())))
}

/// Begins the transaction that writes the city, with the mark that it is not finished: the demo's branches can all be
/// called.
pub(crate) async fn begin(env: &Env, size: Size) -> Result<Transaction> {
    let transaction = env.db.begin().await?;
    put(&transaction, MARK, format!("{WRITING}{size}")).await?;
    branches::fill_in(&transaction).await?;
    Ok(transaction)
}

/// Marks the city as whole, last of all. Nobody of the city has a real mail address: what the closes and reminders
/// say to them is in 受信メール only.
pub(crate) async fn seal(env: &Env, size: Size) -> Result<()> {
    let transaction = env.db.begin().await?;
    outbox::Entity::delete_many().exec(&transaction).await?;
    let whole = setting::ActiveModel { key: Set(MARK.to_owned()), value: Set(size.to_string()) };
    setting::Entity::update(whole).exec(&transaction).await?;
    put(&transaction, BEGAN, env.clock.now().0.to_string()).await?;
    transaction.commit().await?;
    if env.db.backend() == DbBackend::Postgres {
        env.db.write().execute_unprepared("ANALYZE").await?;
    }
    Ok(())
}

async fn put(transaction: &Transaction, key: &str, value: String) -> Result<()> {
    let row = setting::ActiveModel { key: Set(key.to_owned()), value: Set(value) };
    setting::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

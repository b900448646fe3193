//! Rows on their way into an empty database: keys are given here, and many rows travel in one statement.

use domain::id::ReportId;
use sea_orm::sea_query::Value;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, Iterable};
use sea_orm::{DatabaseTransaction, IdenStatic};
use service::entity::{
    account, activity, activity_report, activity_report_child, approval, care_request, care_request_child, child,
    close_run, coupon_entry, event, expense, member, notice, offer, pre_meeting_sheet, receipt, sheet_version,
    subsidy_claim, subsidy_line, training, trial_coupon,
};
use service::error::{Error, Result};
use service::{Env, db};

/// Rows of one statement: few enough for both databases' limits on values.
const ROWS: usize = 200;

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident),+ $(,)?) => {
        /// Rows not yet written, by table, in the order in which they must be written.
        #[derive(Debug, Default)]
        pub struct Rows { $($(#[$doc])* pub $table: Vec<$table::Model>),+ }

        impl Rows {
            /// Writes everything and keeps nothing.
            pub async fn flush(&mut self, transaction: &DatabaseTransaction) -> Result<()> {
                $(insert::<$table::Entity, _>(transaction, &mut self.$table).await?;)+
                Ok(())
            }
        }
    };
}

tables!(
    /// Members.
    member,
    /// Children.
    child,
    /// Trainings.
    training,
    /// Accounts.
    account,
    /// Books of おためし券.
    trial_coupon,
    /// Requests.
    care_request,
    /// Their children.
    care_request_child,
    /// Offers.
    offer,
    /// 事前打合せ情報.
    pre_meeting_sheet,
    /// Every version of it.
    sheet_version,
    /// Activities.
    activity,
    /// Reports.
    activity_report,
    /// Their children.
    activity_report_child,
    /// Expenses.
    expense,
    /// Approvals.
    approval,
    /// Receipts.
    receipt,
    /// Movements of おためし券.
    coupon_entry,
    /// Claims.
    subsidy_claim,
    /// Their lines.
    subsidy_line,
    /// Closes.
    close_run,
    /// Events.
    event,
    /// Notices.
    notice,
);

async fn insert<E, A>(transaction: &DatabaseTransaction, rows: &mut Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = E>,
{
    if rows.is_empty() {
        return Ok(());
    }
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let head = columns.iter().map(IdenStatic::as_str).collect::<Vec<_>>().join(", ");
    let table = E::default().table_name().to_owned();
    let backend = transaction.get_database_backend();
    let mut rows = std::mem::take(rows).into_iter().peekable();
    let mut sql = (0, String::new());
    while rows.peek().is_some() {
        let mut values: Vec<Value> = Vec::with_capacity(ROWS * columns.len());
        for row in rows.by_ref().take(ROWS) {
            let row = row.into_active_model();
            for &column in &columns {
                let value = row.get(column).into_value();
                values.push(value.ok_or_else(|| Error::Broken(format!("{table} row without a value")))?);
            }
        }
        if sql.0 != values.len() {
            sql = (
                values.len(),
                format!("INSERT INTO {table} ({head}) VALUES {}", places(backend, columns.len(), values.len())),
            );
        }
        db::execute(transaction, &sql.1, values).await?;
    }
    Ok(())
}

/// `($1,$2),($3,$4)` for two columns and four values; `(?,?),(?,?)` on SQLite, where the driver looks each `$1` up by
/// walking through all names.
fn places(backend: DbBackend, columns: usize, values: usize) -> String {
    let mut text = String::with_capacity(values * 6);
    for place in 0..values {
        text.push_str(match place % columns {
            0 if place == 0 => "(",
            0 => "),(",
            _ => ",",
        });
        if backend == DbBackend::Postgres {
            text.push('$');
            text.push_str(&(place + 1).to_string());
        } else {
            text.push('?');
        }
    }
    text.push(')');
    text
}

/// The next key of each table; every key is given once, in order.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    given: std::collections::BTreeMap<&'static str, i64>,
}

impl Keys {
    /// The next key of a table.
    pub fn next(&mut self, table: &'static str) -> i64 {
        let last = self.given.entry(table).or_insert(0);
        *last += 1;
        *last
    }

    /// The last key given.
    #[must_use]
    pub fn last(&self, table: &'static str) -> i64 {
        self.given.get(table).copied().unwrap_or(0)
    }

    /// Goes on after the keys that somebody else gave meanwhile.
    pub async fn take_over(&mut self, env: &Env) -> Result<()> {
        for (table, last) in &mut self.given {
            let sql = format!("SELECT COALESCE(MAX(id), 0) FROM {table}");
            *last = db::scalar(env.db.read(), &sql, vec![]).await?.unwrap_or(*last);
        }
        Ok(())
    }

    /// Lets PostgreSQL's own counters know how far the keys went; SQLite looks by itself.
    pub async fn hand_over(&self, env: &Env, transaction: &DatabaseTransaction) -> Result<()> {
        if env.db.backend() != DbBackend::Postgres {
            return Ok(());
        }
        for (table, last) in &self.given {
            let sql = format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})");
            transaction.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

impl Rows {
    /// Gives every report its final key, wherever it is spoken of, and puts the reports into that order.
    pub fn renumber_reports(&mut self, order: &std::collections::BTreeMap<ReportId, ReportId>) {
        let new = |id: ReportId| order.get(&id).copied().unwrap_or(id);
        let renumber = |id: &mut ReportId| *id = new(*id);
        let renumber_some = |id: &mut Option<ReportId>| *id = id.map(new);
        self.activity_report.iter_mut().for_each(|row| renumber(&mut row.id));
        self.activity_report.sort_by_key(|row| row.id);
        self.activity_report_child.iter_mut().for_each(|row| renumber(&mut row.report_id));
        self.expense.iter_mut().for_each(|row| renumber(&mut row.report_id));
        self.approval.iter_mut().for_each(|row| renumber(&mut row.report_id));
        self.receipt.iter_mut().for_each(|row| renumber(&mut row.report_id));
        self.subsidy_line.iter_mut().for_each(|row| renumber(&mut row.report_id));
        self.coupon_entry.iter_mut().for_each(|row| renumber_some(&mut row.report_id));
        self.event.iter_mut().for_each(|row| renumber_some(&mut row.report_id));
    }
}

//! The migrated and seeded database that every test starts from, made once and copied for each of them.
//!
//! Its name holds a hash of all that makes it, so another migration or another ward makes another one. It is finished under a
//! name of its own and renamed at the end: whoever finds it finds it whole, whichever test made it.

use migration::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;
use service::db::{Db, PoolSize};
use service::id;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tokio::sync::OnceCell;

static POSTGRES: OnceCell<String> = OnceCell::const_new();
static SQLITE: OnceCell<PathBuf> = OnceCell::const_new();

/// What the template is made of.
static HASH: LazyLock<String> = LazyLock::new(|| {
    // The tests of other crates stand beside `service`.
    let service = Path::new(env!("CARGO_MANIFEST_DIR")).join("../service");
    let mut files = vec![service.join("src/ward.rs")];
    for folder in ["../migration/src", "data", "src/ward", "../tariffs"] {
        files.extend(fs::read_dir(service.join(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    files.sort();
    let text: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    id::sha256(&text.join("\n"))[..16].to_owned()
});

async fn fill(url: &str) {
    let db = Db::connect(url, PoolSize { connections: 1 }).await.unwrap();
    Migrator::up(db.schema(), None).await.unwrap();
    service::ward::seed(db.write()).await.unwrap();
    db.close().await;
}

/// Removes the templates of other migrations.
fn forget_others(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("template-") && name.ends_with(".db") {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Puts a copy at `path`.
pub async fn copy_file(path: &Path) {
    let template = SQLITE
        .get_or_init(|| async {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
            let template = folder.join(format!("template-{}.db", *HASH));
            if !template.exists() {
                let unfinished = template.with_extension(id::token().unwrap());
                fill(&format!("sqlite:{}", unfinished.display())).await;
                forget_others(folder);
                fs::rename(&unfinished, &template).unwrap();
            }
            template
        })
        .await;
    fs::copy(template, path).unwrap();
}

/// Makes a database `name` as a copy; `admin` is a database of the same server, `url` names one.
pub async fn copy_database(admin: &str, name: &str, url: impl Fn(&str) -> String) {
    let connection = Db::connect(admin, PoolSize { connections: 1 }).await.expect("PostgreSQL answers");
    let run = async |sql: String| connection.write().execute_unprepared(&sql).await.map(|_| ());
    let template = POSTGRES
        .get_or_init(|| async {
            let template = format!("kosapo_template_{}", *HASH);
            let known = format!("SELECT 1 / count(*) FROM pg_database WHERE datname = '{template}'");
            if run(known.clone()).await.is_err() {
                let unfinished = format!("{template}_{}", &id::sha256(&id::token().unwrap())[..16]);
                run(format!("CREATE DATABASE {unfinished}")).await.unwrap();
                fill(&url(&unfinished)).await;
                if run(format!("ALTER DATABASE {unfinished} RENAME TO {template}")).await.is_err() {
                    // Another test was first.
                    run(known).await.expect("a template");
                    run(format!("DROP DATABASE {unfinished} WITH (FORCE)")).await.unwrap();
                }
            }
            template
        })
        .await;
    run(format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
    connection.close().await;
}

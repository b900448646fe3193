//! What every request handler shares.

use crate::assets;
use app::assets::AssetNames;
use app::ui::BranchContact;
use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use service::Env;
use std::collections::HashMap;
use std::sync::Arc;

/// The state of the server: nothing that a second server on the same database would need.
#[derive(Clone, Debug)]
pub struct AppState {
    /// What the use cases work with.
    pub env: Env,
    /// The names of scripts and styles of this build.
    pub assets: AssetNames,
    /// The branches' telephones by ward; reference data, read once.
    pub branches: Arc<HashMap<String, BranchContact>>,
    /// Origins that count as ours.
    pub origins: Arc<Vec<String>>,
    /// Whether `X-Forwarded-For` comes from our own proxy.
    pub proxy: bool,
    leptos: LeptosOptions,
}

impl AppState {
    /// Reads what is shared.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn new(env: Env, origins: Vec<String>, proxy: bool) -> service::Result<Self> {
        let branches = service::ward::all(&env).await?.into_iter().map(|branch| {
            let contact = BranchContact {
                name: branch.name.clone(),
                tel: branch.telephone.clone(),
                hours: branch.hours_text.clone(),
            };
            (branch.ward, contact)
        });
        let branches = Arc::new(branches.collect());
        let leptos = LeptosOptions::builder().output_name("kosapo").build();
        Ok(Self { env, assets: assets::names(), branches, origins: Arc::new(origins), proxy, leptos })
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

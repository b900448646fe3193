//! What every request handler shares.

use crate::assets;
use crate::config::Address;
use crate::limits::Limits;
use app::assets::AssetNames;
use app::ui::BranchContact;
use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use service::Env;
use service::live::Feed;
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
    /// How people reach the server.
    pub address: Arc<Address>,
    /// Where open desks hear that something happened.
    pub live: Feed,
    /// How much one address and one person may take.
    pub limits: Arc<Limits>,
    leptos: LeptosOptions,
}

impl AppState {
    /// Reads what is shared.
    pub async fn new(env: Env, address: Address) -> service::Result<Self> {
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
        let live = Feed::start(env.clone()).await?;
        let limits = Arc::new(Limits::new(address.limits, address.proxy));
        Ok(Self { env, live, assets: assets::names(), branches, address: Arc::new(address), limits, leptos })
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

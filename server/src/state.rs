//! What every request handler shares.

use crate::assets;
use crate::config::Address;
use crate::limits::Limits;
use app::assets::AssetNames;
use app::ui::BranchContact;
use service::Env;
use service::live::Feed;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

/// The state of the server: nothing that a second server on the same database would need.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

/// What [`AppState`] holds; every layer of every request has it, so they share it.
#[derive(Debug)]
pub struct Shared {
    /// What the use cases work with.
    pub env: Env,
    /// The names of scripts and styles of this build.
    pub assets: AssetNames,
    /// The branches' telephones by ward; reference data, read once.
    pub branches: HashMap<String, BranchContact>,
    /// How people reach the server.
    pub address: Address,
    /// Where open desks hear that something happened.
    pub live: Feed,
    /// How much one address and one person may take.
    pub limits: Arc<Limits>,
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
        let branches = branches.collect();
        let live = Feed::start(env.clone()).await?;
        let limits = Arc::new(Limits::new(address.limits, address.proxy));
        Ok(Self(Arc::new(Shared { env, live, assets: assets::names(), branches, address, limits })))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

//! The server of kosapo as a library: the executable and the HTTP tests use the same parts.
//!
//! ```text
//! request → own_pages → same_origin → session → page (leptos) | server function (/api) | file | health
//! ```

pub mod api;
pub mod assets;
pub mod calendar;
pub mod cli;
pub mod command;
pub mod config;
pub mod database;
pub mod day;
pub mod demo_clock;
pub mod fee;
pub mod health;
pub mod light;
pub mod limits;
pub mod live;
pub mod middleware;
pub mod print;
pub mod router;
pub mod serve;
pub mod state;

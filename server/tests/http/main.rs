//! The server over real HTTP. One executable for all: each links the whole server.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod calendar;
mod cases;
mod day;
mod door;
mod entry;
mod flood;
#[path = "../../../service/tests/support/folder.rs"]
mod folder;
mod light;
mod links;
mod live;
mod members;
mod permissions;
mod reports;
mod session;
mod strangers;
mod subsidy;
mod support;
mod writers;

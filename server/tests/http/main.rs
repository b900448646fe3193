//! The server over real HTTP. One executable for all: each links the whole server.

mod calendar;
mod cases;
mod day;
mod door;
mod entry;
mod flood;
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

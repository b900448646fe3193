//! The one executable of kosapo.

#[allow(dead_code)]
mod assets;

fn main() {}

//! Pages, components and server functions of kosapo.

pub mod ui;

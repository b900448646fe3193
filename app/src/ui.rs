//! The component library: every page is put together from these parts and carries no markup of its own kind.
//!
//! Compiled for the server, for islands and for the gallery alike, so it knows nothing of requests, sessions or data.
//! The look lives in `style/` under the same names (`kp-…`); the patterns are those of デジタル庁デザインシステム and of
//! the GOV.UK Design System. When to use which part:
//!
//! * a whole page: [`Shell`] around a [`PageHead`]; with faults an [`ErrorSummary`] comes before the head;
//! * a form: [`Form`] with fields, closed by [`Actions`] with one primary [`Button`];
//! * a list: [`Card`]s for members, [`Table`] for staff, [`EmptyState`] when there is nothing;
//! * what is true: [`DataList`], [`MoneyTable`], [`Timeline`], [`StatusTag`], [`Stepper`];
//! * what to know: [`Notice`], [`PhoneBox`], [`ConfirmationPanel`].

mod button;
mod card;
mod choice;
mod data;
mod desk;
mod field;
mod form_field;
mod frame;
mod icon;
mod money;
mod notice;
mod status;
mod table;
mod telephone;
mod text_area;
mod timeline;
mod when;

pub use button::{Actions, Button, ButtonKind, ButtonLink, ConfirmPanel, Form, Hidden, OnEnter, ScriptButton};
pub use card::{Card, CardList, CardRow, EmptyState, Section};
pub use choice::{CheckboxGroup, Choice, RadioGroup, Select, Tick};
pub use data::{CheckAnswers, CheckRow, DataList, DataRow, Disclosure};
pub use desk::{Desk, QueueGroup, QueueItem, SearchBox};
pub use domain::horizon::DayFor;
pub use field::{
    DateField, DecimalField, FieldGroup, MailField, PasswordField, PostalField, TelField, TextField, TimeField,
    YenField, described_by, error_id, support_id,
};
pub use form_field::Field;
pub use frame::{BranchContact, NavItem, PageHead, Person, Shell, SkipLink};
pub use icon::{Brand, Icon, IconName, IconSheet};
pub use money::{Money, MoneyLevel, MoneyRow, MoneyTable, Settled};
pub use notice::{ConfirmationPanel, ErrorSummary, Notice, NoticeKind, PhoneBox};
pub use status::{CaseStep, StatusTag, Stepper, Tone};
pub use table::{Cell, FilterLink, Filters, HeadCell, Pager, Table};
#[cfg(feature = "ssr")]
pub(crate) use telephone::tel_href;
pub use telephone::{OwnWords, Telephone};
pub use text_area::TextArea;
pub use timeline::{Timeline, TimelineEvent};
pub use when::{Day, Label, Moment, When};

#[cfg(all(test, feature = "ssr"))]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]
mod tests;

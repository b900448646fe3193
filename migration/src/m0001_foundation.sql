-- Instants are microseconds since 1970-01-01 UTC (BIGINT); business dates are DATE in Asia/Tokyo; money is whole yen.
-- {pk} becomes the backend's generated key.

CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE ward (
  code TEXT PRIMARY KEY, name TEXT NOT NULL, sort BIGINT NOT NULL,
  branch_name TEXT NOT NULL, base_name TEXT NOT NULL, operator TEXT NOT NULL,
  postal TEXT NOT NULL, address TEXT NOT NULL, telephone TEXT NOT NULL, mail TEXT NOT NULL,
  open_weekdays TEXT NOT NULL, open_minute BIGINT NOT NULL, close_minute BIGINT NOT NULL,
  hours_text TEXT NOT NULL, closed_days TEXT NOT NULL
);

CREATE TABLE holiday (date DATE PRIMARY KEY, name TEXT NOT NULL);

CREATE TABLE tariff_version (
  name TEXT PRIMARY KEY, effective_from DATE NOT NULL, effective_to DATE, rules TEXT NOT NULL
);

CREATE TABLE sequence (kind TEXT PRIMARY KEY, next BIGINT NOT NULL);

CREATE TABLE member (
  id {pk}, member_no BIGINT NOT NULL UNIQUE, ward TEXT NOT NULL REFERENCES ward (code),
  kind TEXT NOT NULL, status TEXT NOT NULL,
  family_name TEXT NOT NULL, given_name TEXT NOT NULL, family_kana TEXT NOT NULL, given_kana TEXT NOT NULL,
  search_key TEXT NOT NULL,
  postal TEXT NOT NULL, town TEXT NOT NULL, address TEXT NOT NULL, household_key TEXT NOT NULL,
  telephone TEXT NOT NULL, mail TEXT NOT NULL,
  created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, revision BIGINT NOT NULL
);
CREATE INDEX member_ward_kind ON member (ward, kind, status, id);
CREATE INDEX member_ward_no ON member (ward, member_no);
CREATE INDEX member_household ON member (household_key);

CREATE TABLE child (
  id {pk}, member_id BIGINT NOT NULL REFERENCES member (id),
  given_name TEXT NOT NULL, kana TEXT NOT NULL, birth_date DATE NOT NULL
);
CREATE INDEX child_member ON child (member_id);

CREATE TABLE training (
  id {pk}, member_id BIGINT NOT NULL REFERENCES member (id),
  kind TEXT NOT NULL, valid_until DATE NOT NULL
);
CREATE INDEX training_member ON training (member_id);

CREATE TABLE account (
  id {pk}, user_id TEXT UNIQUE, password_hash TEXT, name TEXT NOT NULL,
  role TEXT NOT NULL, ward TEXT REFERENCES ward (code), member_id BIGINT UNIQUE REFERENCES member (id),
  created_at BIGINT NOT NULL
);

-- Only the SHA-256 of the cookie's token is stored.
CREATE TABLE session (
  token_hash TEXT PRIMARY KEY, account_id BIGINT NOT NULL REFERENCES account (id),
  created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expiry ON session (expires_at);

-- One-time links to set user ID and password; only the SHA-256 of the token is stored.
CREATE TABLE invitation (
  token_hash TEXT PRIMARY KEY, account_id BIGINT NOT NULL REFERENCES account (id),
  created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT
);
CREATE INDEX invitation_account ON invitation (account_id);

CREATE TABLE login_failure (
  key TEXT PRIMARY KEY, count BIGINT NOT NULL, last_at BIGINT NOT NULL, blocked_until BIGINT NOT NULL
);

CREATE TABLE care_request (
  id {pk}, request_no BIGINT NOT NULL UNIQUE, ward TEXT NOT NULL REFERENCES ward (code),
  member_id BIGINT NOT NULL REFERENCES member (id),
  status TEXT NOT NULL, care_kind TEXT NOT NULL, care_place TEXT NOT NULL,
  starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  place_detail TEXT NOT NULL, notes TEXT NOT NULL, channel TEXT NOT NULL,
  children_count BIGINT NOT NULL, draft_fields TEXT,
  owner_id BIGINT REFERENCES account (id), provider_id BIGINT REFERENCES member (id),
  meeting_at BIGINT, meeting_place TEXT, established_at BIGINT, reason TEXT,
  cancelled_at BIGINT, cancellation_fee_yen BIGINT,
  requested_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, revision BIGINT NOT NULL
);
CREATE INDEX care_request_member ON care_request (member_id, id);
CREATE INDEX care_request_provider ON care_request (provider_id, id);
CREATE INDEX care_request_ward ON care_request (ward, id);
CREATE INDEX care_request_queue ON care_request (ward, status, starts_at, id);
CREATE INDEX care_request_provider_time ON care_request (provider_id, status, starts_at);
CREATE INDEX care_request_status ON care_request (status, id);

CREATE TABLE care_request_child (
  request_id BIGINT NOT NULL REFERENCES care_request (id), child_id BIGINT NOT NULL REFERENCES child (id),
  PRIMARY KEY (request_id, child_id)
);

CREATE TABLE offer (
  id {pk}, request_id BIGINT NOT NULL REFERENCES care_request (id),
  provider_id BIGINT NOT NULL REFERENCES member (id),
  status TEXT NOT NULL, sent_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, answered_at BIGINT, reason TEXT
);
CREATE INDEX offer_provider ON offer (provider_id, status, id);
CREATE INDEX offer_request ON offer (request_id, provider_id);
CREATE INDEX offer_expiry ON offer (status, expires_at);

-- 事前打合せ情報: one per request; `fields` is a JSON object of the sheet's fields.
CREATE TABLE pre_meeting_sheet (
  request_id BIGINT PRIMARY KEY REFERENCES care_request (id),
  fields TEXT NOT NULL, complete BIGINT NOT NULL, updated_at BIGINT NOT NULL, revision BIGINT NOT NULL
);

-- Every version of a sheet: what a provider or a member of staff saw can be shown again.
CREATE TABLE sheet_version (
  request_id BIGINT NOT NULL REFERENCES care_request (id), revision BIGINT NOT NULL,
  fields TEXT NOT NULL, account_id BIGINT NOT NULL REFERENCES account (id), at BIGINT NOT NULL,
  PRIMARY KEY (request_id, revision)
);

CREATE TABLE activity (
  id {pk}, request_id BIGINT NOT NULL REFERENCES care_request (id),
  provider_id BIGINT NOT NULL REFERENCES member (id),
  status TEXT NOT NULL, starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL, reason TEXT, created_at BIGINT NOT NULL
);
CREATE INDEX activity_request ON activity (request_id);
CREATE INDEX activity_provider ON activity (provider_id, status, starts_at);

CREATE TABLE activity_report (
  id {pk}, report_no BIGINT NOT NULL UNIQUE, ward TEXT NOT NULL REFERENCES ward (code),
  request_id BIGINT REFERENCES care_request (id),
  provider_id BIGINT NOT NULL REFERENCES member (id), user_member_id BIGINT REFERENCES member (id),
  status TEXT NOT NULL, reward_status TEXT NOT NULL, entered_on DATE NOT NULL,
  started_at BIGINT, ended_at BIGINT, notes TEXT NOT NULL, channel TEXT NOT NULL,
  draft_fields TEXT, snapshot TEXT, content_hash TEXT,
  fee_yen BIGINT NOT NULL, benefit_yen BIGINT NOT NULL, expenses_yen BIGINT NOT NULL,
  coupon_yen BIGINT NOT NULL, revision_comment TEXT, void_reason TEXT,
  submitted_at BIGINT, approved_at BIGINT, received_at BIGINT, claim_id BIGINT,
  updated_at BIGINT NOT NULL, revision BIGINT NOT NULL
);
CREATE INDEX activity_report_provider ON activity_report (provider_id, id);
CREATE INDEX activity_report_user ON activity_report (user_member_id, id);
CREATE INDEX activity_report_request ON activity_report (request_id);
CREATE INDEX activity_report_ward ON activity_report (ward, status, id);
CREATE INDEX activity_report_ward_id ON activity_report (ward, id);
CREATE INDEX activity_report_status ON activity_report (status, id);
CREATE INDEX activity_report_overlap ON activity_report (provider_id, started_at);
CREATE INDEX activity_report_close ON activity_report (claim_id, reward_status, received_at);
CREATE INDEX activity_report_unclaimed ON activity_report (provider_id, id) WHERE claim_id IS NULL AND status <> 'voided';
CREATE INDEX activity_report_unclaimed_ward ON activity_report (ward, id) WHERE claim_id IS NULL AND status <> 'voided';
CREATE INDEX activity_report_unclaimed_city ON activity_report (id) WHERE claim_id IS NULL AND status <> 'voided';
CREATE UNIQUE INDEX activity_report_live ON activity_report (request_id) WHERE status <> 'voided';

CREATE TABLE activity_report_child (
  report_id BIGINT NOT NULL REFERENCES activity_report (id), child_id BIGINT NOT NULL REFERENCES child (id),
  PRIMARY KEY (report_id, child_id)
);

CREATE TABLE expense (
  id {pk}, report_id BIGINT NOT NULL REFERENCES activity_report (id), kind TEXT NOT NULL, yen BIGINT NOT NULL
);
CREATE INDEX expense_report ON expense (report_id);

-- State is a record: who approved, when, in whose name, and which content was seen.
CREATE TABLE approval (
  id {pk}, report_id BIGINT NOT NULL REFERENCES activity_report (id),
  account_id BIGINT NOT NULL REFERENCES account (id), channel TEXT NOT NULL, evidence TEXT,
  content_hash TEXT NOT NULL, tickets BIGINT NOT NULL, coupon_id BIGINT, coupon_yen BIGINT NOT NULL,
  user_pays_yen BIGINT NOT NULL, at BIGINT NOT NULL, undone_at BIGINT
);
CREATE INDEX approval_report ON approval (report_id);

CREATE TABLE receipt (
  id {pk}, report_id BIGINT NOT NULL REFERENCES activity_report (id),
  approval_id BIGINT NOT NULL REFERENCES approval (id),
  account_id BIGINT NOT NULL REFERENCES account (id), channel TEXT NOT NULL,
  method TEXT NOT NULL, at BIGINT NOT NULL, undone_at BIGINT
);
CREATE INDEX receipt_report ON receipt (report_id);

-- 子サポ de あずかりおためし券: one book of tickets per child; 0 <= used <= issued always.
CREATE TABLE trial_coupon (
  id {pk}, child_id BIGINT NOT NULL UNIQUE REFERENCES child (id), member_id BIGINT NOT NULL REFERENCES member (id),
  issued BIGINT NOT NULL, used BIGINT NOT NULL, issued_at BIGINT NOT NULL, expires_on DATE NOT NULL,
  CHECK (used >= 0 AND used <= issued)
);
CREATE INDEX trial_coupon_member ON trial_coupon (member_id);

CREATE TABLE coupon_entry (
  id {pk}, coupon_id BIGINT NOT NULL REFERENCES trial_coupon (id),
  kind TEXT NOT NULL, tickets BIGINT NOT NULL, report_id BIGINT REFERENCES activity_report (id), at BIGINT NOT NULL
);
CREATE INDEX coupon_entry_report ON coupon_entry (report_id);
CREATE INDEX coupon_entry_coupon ON coupon_entry (coupon_id, id);

CREATE TABLE subsidy_claim (
  id {pk}, claim_no BIGINT NOT NULL UNIQUE, provider_id BIGINT NOT NULL REFERENCES member (id),
  ward TEXT NOT NULL REFERENCES ward (code), month TEXT NOT NULL,
  status TEXT NOT NULL, line_count BIGINT NOT NULL, total_yen BIGINT NOT NULL, submitted_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX subsidy_claim_provider_month ON subsidy_claim (provider_id, month);
CREATE INDEX subsidy_claim_ward ON subsidy_claim (ward, month, id);
CREATE INDEX subsidy_claim_month ON subsidy_claim (month, id);

CREATE TABLE subsidy_line (
  id {pk}, claim_id BIGINT NOT NULL REFERENCES subsidy_claim (id),
  report_id BIGINT NOT NULL UNIQUE REFERENCES activity_report (id),
  kind TEXT NOT NULL, status TEXT NOT NULL, benefit_yen BIGINT NOT NULL, coupon_yen BIGINT NOT NULL, yen BIGINT NOT NULL
);
CREATE INDEX subsidy_line_claim ON subsidy_line (claim_id);

CREATE TABLE close_run (
  month TEXT PRIMARY KEY, cutoff BIGINT NOT NULL, ran_at BIGINT NOT NULL,
  claim_count BIGINT NOT NULL, line_count BIGINT NOT NULL, total_yen BIGINT NOT NULL
);

-- The audit trail: append-only, written in the transaction of the step it tells of.
CREATE TABLE event (
  id {pk}, at BIGINT NOT NULL, ward TEXT, request_id BIGINT, report_id BIGINT, member_id BIGINT,
  action TEXT NOT NULL, from_status TEXT, to_status TEXT,
  account_id BIGINT, actor_name TEXT NOT NULL, on_behalf_of TEXT, channel TEXT NOT NULL, reason TEXT, detail TEXT
);
CREATE INDEX event_request ON event (request_id, id);
CREATE INDEX event_report ON event (report_id, id);
CREATE INDEX event_member ON event (member_id, id);

CREATE TABLE notice (
  id {pk}, account_id BIGINT NOT NULL REFERENCES account (id),
  subject TEXT NOT NULL, body TEXT NOT NULL, link TEXT NOT NULL, created_at BIGINT NOT NULL, read_at BIGINT
);
CREATE INDEX notice_account ON notice (account_id, id);
CREATE INDEX notice_unread ON notice (account_id, read_at);

CREATE TABLE outbox (
  id {pk}, notice_id BIGINT REFERENCES notice (id), message_id TEXT NOT NULL UNIQUE,
  to_mail TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
  status TEXT NOT NULL, attempts BIGINT NOT NULL, next_at BIGINT NOT NULL, leased_until BIGINT NOT NULL,
  sent_at BIGINT, last_error TEXT
);
CREATE INDEX outbox_due ON outbox (status, next_at);

-- What was typed and what is to be mended, kept for the form's next showing.
CREATE TABLE form_draft (
  token_hash TEXT PRIMARY KEY, account_id BIGINT, form TEXT NOT NULL, fields TEXT NOT NULL, fault TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX form_draft_age ON form_draft (created_at);

-- A form's key makes its effect happen once, however often it is sent.
CREATE TABLE idempotency (
  account_id BIGINT NOT NULL, key TEXT NOT NULL, result TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_age ON idempotency (at);

CREATE TABLE job_lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL);

-- A desk as commit 1ab9a94 made it: three tickets, one answered, one assigned, one closed. Line ends of mails are given back when it is read.
CREATE TABLE "meta" ("name" TEXT NOT NULL PRIMARY KEY, "value" TEXT NOT NULL);
CREATE TABLE "blob" ("sha256" TEXT NOT NULL PRIMARY KEY, "size" INTEGER NOT NULL, "content" BLOB);
CREATE TABLE "agent" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "address" TEXT NOT NULL, "key" TEXT NOT NULL, "enabled" INTEGER NOT NULL, "created_at" INTEGER NOT NULL, "shift" TEXT NOT NULL, "timezone" TEXT NOT NULL, "away_until" INTEGER, "notify" TEXT NOT NULL, "digest_minutes" INTEGER NOT NULL, "digest_at" INTEGER, "given_at" INTEGER);
CREATE UNIQUE INDEX "agent_key" ON "agent" ("key");
CREATE TABLE "agent_team" ("agent" INTEGER NOT NULL REFERENCES "agent" ("id"), "team" TEXT NOT NULL, PRIMARY KEY ("agent", "team"));
CREATE TABLE "ticket" ("id" INTEGER NOT NULL PRIMARY KEY, "subject" TEXT NOT NULL, "status" TEXT NOT NULL, "requester" TEXT NOT NULL, "requester_name" TEXT NOT NULL, "flood" TEXT NOT NULL, "language" TEXT NOT NULL, "mailbox" TEXT NOT NULL, "team" TEXT NOT NULL, "channel" TEXT NOT NULL, "priority" TEXT NOT NULL, "assignee" INTEGER REFERENCES "agent" ("id"), "related" INTEGER, "created_at" INTEGER NOT NULL, "updated_at" INTEGER NOT NULL, "closed_at" INTEGER, "link" INTEGER NOT NULL, "category" TEXT NOT NULL, "tags" TEXT NOT NULL, "fields" TEXT NOT NULL, "spam" INTEGER NOT NULL, "survey_off" INTEGER NOT NULL, "snoozed_until" INTEGER, "merged_into" INTEGER, "first_response_due" INTEGER, "next_response_due" INTEGER, "resolution_due" INTEGER, "first_response_at" INTEGER, "waiting_since" INTEGER, "utc_offset" INTEGER);
CREATE INDEX "ticket_status" ON "ticket" ("status");
CREATE INDEX "ticket_related" ON "ticket" ("related");
CREATE INDEX "ticket_created_at" ON "ticket" ("created_at");
CREATE INDEX "ticket_closed_at" ON "ticket" ("closed_at");
CREATE INDEX "ticket_flood_created_at" ON "ticket" ("flood", "created_at");
CREATE INDEX "ticket_team_status" ON "ticket" ("team", "status");
CREATE INDEX "ticket_assignee_status" ON "ticket" ("assignee", "status");
CREATE INDEX "ticket_category_status" ON "ticket" ("category", "status");
CREATE INDEX "ticket_priority_status" ON "ticket" ("priority", "status") WHERE ("priority" != 'normal');
CREATE INDEX "ticket_first_response_due" ON "ticket" ("first_response_due") WHERE ("first_response_due" IS NOT NULL);
CREATE INDEX "ticket_next_response_due" ON "ticket" ("next_response_due") WHERE ("next_response_due" IS NOT NULL);
CREATE INDEX "ticket_resolution_due" ON "ticket" ("resolution_due") WHERE ("resolution_due" IS NOT NULL);
CREATE INDEX "ticket_requester_lower" ON "ticket" (LOWER("requester"));
CREATE TABLE "message" ("id" INTEGER NOT NULL PRIMARY KEY, "sha256" TEXT NOT NULL, "size" INTEGER NOT NULL, "fingerprint" TEXT NOT NULL, "channel" TEXT NOT NULL, "mailbox" TEXT NOT NULL, "mail_from" TEXT, "recipients" TEXT NOT NULL, "archive" INTEGER NOT NULL, "received_at" INTEGER NOT NULL, "state" TEXT NOT NULL, "outcome" TEXT, "ticket" INTEGER REFERENCES "ticket" ("id"), "rule" TEXT NOT NULL, "reason" TEXT NOT NULL, "attempts" INTEGER NOT NULL, "next_at" INTEGER NOT NULL, "held_until" INTEGER, "sender" TEXT NOT NULL, "sender_key" TEXT NOT NULL, "sender_domain" TEXT NOT NULL, "text_hash" TEXT NOT NULL, "subject" TEXT NOT NULL, "message_id" TEXT NOT NULL, "defects" TEXT NOT NULL, "duplicate_of" INTEGER);
CREATE UNIQUE INDEX "message_sha256" ON "message" ("sha256");
CREATE INDEX "message_fingerprint" ON "message" ("fingerprint");
CREATE INDEX "message_ticket" ON "message" ("ticket");
CREATE INDEX "message_state_next_at" ON "message" ("state", "next_at");
CREATE INDEX "message_sender_key_received_at" ON "message" ("sender_key", "received_at");
CREATE INDEX "message_sender_domain_received_at" ON "message" ("sender_domain", "received_at");
CREATE TABLE "sighting" ("id" INTEGER NOT NULL PRIMARY KEY, "message" INTEGER NOT NULL REFERENCES "message" ("id"), "mailbox" TEXT NOT NULL, "folder" TEXT NOT NULL, "uidvalidity" INTEGER, "uid" INTEGER, "seen_at" INTEGER NOT NULL);
CREATE INDEX "sighting_message" ON "sighting" ("message");
CREATE UNIQUE INDEX "sighting_mailbox_folder_uidvalidity_uid" ON "sighting" ("mailbox", "folder", "uidvalidity", "uid");
CREATE TABLE "entry" ("id" INTEGER NOT NULL PRIMARY KEY, "ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), "kind" TEXT NOT NULL, "author" TEXT NOT NULL, "author_name" TEXT NOT NULL, "text" TEXT NOT NULL, "full_text" TEXT NOT NULL, "before" TEXT NOT NULL, "settled" INTEGER NOT NULL, "agent" INTEGER REFERENCES "agent" ("id"), "message" INTEGER REFERENCES "message" ("id"), "created_at" INTEGER NOT NULL);
CREATE INDEX "entry_ticket" ON "entry" ("ticket");
CREATE INDEX "entry_message" ON "entry" ("message");
CREATE INDEX "entry_created_at" ON "entry" ("created_at");
CREATE TABLE "attachment" ("id" INTEGER NOT NULL PRIMARY KEY, "entry" INTEGER NOT NULL REFERENCES "entry" ("id"), "name" TEXT NOT NULL, "media_type" TEXT NOT NULL, "size" INTEGER NOT NULL, "sha256" TEXT NOT NULL, "content_id" TEXT NOT NULL, "inline" INTEGER NOT NULL);
CREATE INDEX "attachment_entry" ON "attachment" ("entry");
CREATE TABLE "preview" ("sha256" TEXT NOT NULL PRIMARY KEY, "content" BLOB NOT NULL);
CREATE TABLE "participant" ("ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), "key" TEXT NOT NULL, "address" TEXT NOT NULL, PRIMARY KEY ("ticket", "key"));
CREATE TABLE "ticket_link" ("ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), "other" INTEGER NOT NULL REFERENCES "ticket" ("id"), PRIMARY KEY ("ticket", "other"));
CREATE TABLE "message_ref" ("id" INTEGER NOT NULL PRIMARY KEY, "message_id" TEXT NOT NULL, "ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), "direction" TEXT NOT NULL, "public" INTEGER NOT NULL);
CREATE INDEX "messageref_message_id" ON "message_ref" ("message_id");
CREATE INDEX "messageref_ticket" ON "message_ref" ("ticket");
CREATE TABLE "outbox" ("id" INTEGER NOT NULL PRIMARY KEY, "dedupe_key" TEXT NOT NULL, "message_id" TEXT NOT NULL, "ticket" INTEGER REFERENCES "ticket" ("id"), "entry" INTEGER, "kind" TEXT NOT NULL, "urgency" INTEGER NOT NULL, "mail_from" TEXT NOT NULL, "rcpt" TEXT NOT NULL, "rcpt_key" TEXT NOT NULL, "rcpt_domain" TEXT NOT NULL, "mime" BLOB NOT NULL, "state" TEXT NOT NULL, "not_before" INTEGER NOT NULL, "attempts" INTEGER NOT NULL, "lease_owner" TEXT, "lease_until" INTEGER, "data_started" INTEGER, "error" TEXT NOT NULL, "delivery" TEXT NOT NULL, "doubtful" INTEGER NOT NULL, "seen" INTEGER NOT NULL, "created_at" INTEGER NOT NULL, "due_since" INTEGER NOT NULL, "sent_at" INTEGER);
CREATE UNIQUE INDEX "outbox_dedupe_key" ON "outbox" ("dedupe_key");
CREATE UNIQUE INDEX "outbox_message_id" ON "outbox" ("message_id");
CREATE INDEX "outbox_ticket" ON "outbox" ("ticket");
CREATE INDEX "outbox_state_not_before" ON "outbox" ("state", "not_before");
CREATE INDEX "outbox_rcpt_key_created_at" ON "outbox" ("rcpt_key", "created_at");
CREATE INDEX "outbox_rcpt_domain_created_at" ON "outbox" ("rcpt_domain", "created_at");
CREATE INDEX "outbox_kind_created_at" ON "outbox" ("kind", "created_at");
CREATE TABLE "survey" ("id" INTEGER NOT NULL PRIMARY KEY, "ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), "closing" INTEGER NOT NULL, "closed_at" INTEGER NOT NULL, "asked_at" INTEGER NOT NULL, "skipped" TEXT NOT NULL, "score" INTEGER, "comment" TEXT NOT NULL, "consent" INTEGER NOT NULL, "answered_at" INTEGER);
CREATE UNIQUE INDEX "survey_ticket_closed_at" ON "survey" ("ticket", "closed_at");
CREATE TABLE "job_run" ("name" TEXT NOT NULL PRIMARY KEY, "ran_at" INTEGER NOT NULL);
CREATE TABLE "mailbox_state" ("name" TEXT NOT NULL PRIMARY KEY, "owner" TEXT, "lease_until" INTEGER, "last_success" INTEGER, "last_error" TEXT NOT NULL, "last_error_at" INTEGER);
CREATE TABLE "tombstone" ("digest" TEXT NOT NULL PRIMARY KEY, "erased_at" INTEGER NOT NULL);
CREATE TABLE "address_state" ("key" TEXT NOT NULL PRIMARY KEY, "failed_at" INTEGER NOT NULL, "reason" TEXT NOT NULL);
CREATE TABLE "person_language" ("key" TEXT NOT NULL PRIMARY KEY, "language" TEXT NOT NULL, "told_at" INTEGER NOT NULL);
CREATE TABLE "audit" ("id" INTEGER NOT NULL PRIMARY KEY, "at" INTEGER NOT NULL, "who" TEXT NOT NULL, "what" TEXT NOT NULL, "authority" TEXT NOT NULL, "ticket" INTEGER, "message" INTEGER);
CREATE INDEX "audit_ticket" ON "audit" ("ticket");
CREATE TABLE "promise" ("id" INTEGER NOT NULL PRIMARY KEY, "ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), "target" TEXT NOT NULL, "policy" TEXT NOT NULL, "total_us" INTEGER NOT NULL, "started_at" INTEGER NOT NULL, "counted_from" INTEGER NOT NULL, "left_us" INTEGER NOT NULL, "due" INTEGER, "state" TEXT NOT NULL, "reached" INTEGER NOT NULL, "next_at" INTEGER, "ended_at" INTEGER, "told" INTEGER);
CREATE INDEX "promise_ticket" ON "promise" ("ticket");
CREATE INDEX "promise_started_at" ON "promise" ("started_at");
CREATE INDEX "promise_next_at" ON "promise" ("next_at");
CREATE INDEX "promise_state_due" ON "promise" ("state", "due");
CREATE TABLE "escalation" ("id" INTEGER NOT NULL PRIMARY KEY, "ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), "promise" INTEGER REFERENCES "promise" ("id"), "target" TEXT NOT NULL, "step" TEXT NOT NULL, "due_at" INTEGER NOT NULL, "fired_at" INTEGER NOT NULL, "state" TEXT NOT NULL, "reason" TEXT NOT NULL, "to_team" TEXT NOT NULL, "by" TEXT NOT NULL, "settled_by" TEXT NOT NULL, "settled_at" INTEGER, "remark" TEXT NOT NULL);
CREATE INDEX "escalation_ticket" ON "escalation" ("ticket");
CREATE INDEX "escalation_due_at" ON "escalation" ("due_at");
CREATE UNIQUE INDEX "escalation_promise_step" ON "escalation" ("promise", "step");
CREATE INDEX "escalation_state_fired_at" ON "escalation" ("state", "fired_at");
CREATE TABLE "page" ("id" INTEGER NOT NULL PRIMARY KEY, "key" TEXT NOT NULL, "ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), "details" TEXT NOT NULL, "state" TEXT NOT NULL, "attempts" INTEGER NOT NULL, "not_before" INTEGER NOT NULL, "created_at" INTEGER NOT NULL, "sent_at" INTEGER, "error" TEXT NOT NULL);
CREATE UNIQUE INDEX "page_key" ON "page" ("key");
CREATE INDEX "page_ticket" ON "page" ("ticket");
CREATE INDEX "page_state_not_before" ON "page" ("state", "not_before");
CREATE TABLE "ticket_tag" ("tag" TEXT NOT NULL, "ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), PRIMARY KEY ("tag", "ticket"));
CREATE INDEX "tickettag_ticket" ON "ticket_tag" ("ticket");
CREATE TABLE "search_text" ("ticket" INTEGER NOT NULL PRIMARY KEY REFERENCES "ticket" ("id"), "words" TEXT NOT NULL);
CREATE TABLE "web_hit" ("id" INTEGER NOT NULL PRIMARY KEY, "key" TEXT NOT NULL, "at" INTEGER NOT NULL);
CREATE INDEX "webhit_at" ON "web_hit" ("at");
CREATE INDEX "webhit_key_at" ON "web_hit" ("key", "at");
CREATE TABLE "api_key" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "hash" TEXT NOT NULL, "scopes" TEXT NOT NULL, "per_hour" INTEGER NOT NULL, "created_at" INTEGER NOT NULL, "used_at" INTEGER, "revoked_at" INTEGER);
CREATE UNIQUE INDEX "apikey_hash" ON "api_key" ("hash");
CREATE TABLE "api_request" ("id" INTEGER NOT NULL PRIMARY KEY, "api_key" INTEGER NOT NULL, "idempotency" TEXT NOT NULL, "content" TEXT NOT NULL, "message" INTEGER, "at" INTEGER NOT NULL);
CREATE UNIQUE INDEX "apirequest_api_key_idempotency" ON "api_request" ("api_key", "idempotency");
CREATE INDEX "apirequest_api_key_message" ON "api_request" ("api_key", "message");
CREATE VIRTUAL TABLE search USING fts5(words, content='search_text', content_rowid='ticket', tokenize='ascii');
INSERT INTO "meta" VALUES ('schema', '2');
INSERT INTO "meta" VALUES ('search', '1');
INSERT INTO "blob" VALUES ('4a93056161e425b2735e643566ff9848ea6c9813fd3eabc651082abd0dc15b79', 180, CAST(replace('From: Ann <ann1@customer.example>
To: help@desk.example
Subject: Printer 1
Message-ID: <m1@customer.example>
Date: Sun, 22 Nov 2026 06:00:00 +0000

The printer 1 is broken.
', char(10), char(13, 10)) AS BLOB));
INSERT INTO "blob" VALUES ('6952abcf695e790482b5c36b959c0eb3f5d72ad436522fb002794f2e8a07bd8c', 180, CAST(replace('From: Ann <ann2@customer.example>
To: help@desk.example
Subject: Printer 2
Message-ID: <m2@customer.example>
Date: Sun, 22 Nov 2026 06:00:00 +0000

The printer 2 is broken.
', char(10), char(13, 10)) AS BLOB));
INSERT INTO "blob" VALUES ('36191425d5c91857b8d98c3be98495e2d6d601fe1f062f8f241e99c9e921d628', 180, CAST(replace('From: Ann <ann3@customer.example>
To: help@desk.example
Subject: Printer 3
Message-ID: <m3@customer.example>
Date: Sun, 22 Nov 2026 06:00:00 +0000

The printer 3 is broken.
', char(10), char(13, 10)) AS BLOB));
INSERT INTO "agent" VALUES (1, 'Anna', 'anna@staff.example', 'anna@staff.example', 1, 1795962352558666, '', '', NULL, 'all', 30, NULL, 1795962357712732);
INSERT INTO "agent_team" VALUES (1, 'printers');
INSERT INTO "ticket" VALUES (1, 'Printer 1', 'pending', 'ann1@customer.example', 'Ann', '', 'en', 'support', '', 'ingest', 'normal', 1, NULL, 1795962354000900, 1795962355160178, NULL, 1, 'technical', '[]', '{}', 0, 0, NULL, NULL, NULL, NULL, NULL, 1795962355160178, NULL, NULL);
INSERT INTO "ticket" VALUES (2, 'Printer 2', 'new', 'ann2@customer.example', 'Ann', '', 'en', 'support', '', 'ingest', 'normal', 1, NULL, 1795962354187766, 1795962357712732, NULL, 1, 'technical', '[]', '{}', 0, 0, NULL, NULL, 1796083200000000, NULL, NULL, NULL, 1795962354181735, NULL);
INSERT INTO "ticket" VALUES (3, 'Printer 3', 'closed', 'ann3@customer.example', 'Ann', '', 'en', 'support', '', 'ingest', 'normal', NULL, NULL, 1795962354207796, 1795962358774013, 1795962358774013, 1, 'technical', '[]', '{}', 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO "message" VALUES (1, '4a93056161e425b2735e643566ff9848ea6c9813fd3eabc651082abd0dc15b79', 180, 'b851d4e02e8a497c53bf6f88bed1a805fc47e2b61b2ea8453cc86b3b72d034fa', 'ingest', 'support', NULL, '[]', 0, 1795962353817693, 'done', 'ticketed', 1, 'new_ticket', 'nothing it belongs to was found; triage by technical: category technical', 1, 1795962353817693, 1795962413820363, 'ann1@customer.example', 'ann1@customer.example', 'customer.example', '68f5fa73e661c84a991ed87c74541674', 'Printer 1', 'm1@customer.example', '[]', NULL);
INSERT INTO "message" VALUES (2, '6952abcf695e790482b5c36b959c0eb3f5d72ad436522fb002794f2e8a07bd8c', 180, '6f8e95de4bcf9492f366138e322c61a09384d041eb316ee4ee064993cbd36a5d', 'ingest', 'support', NULL, '[]', 0, 1795962354154053, 'done', 'ticketed', 2, 'new_ticket', 'nothing it belongs to was found; triage by technical: category technical', 1, 1795962354154053, 1795962414158275, 'ann2@customer.example', 'ann2@customer.example', 'customer.example', '5a337d68784aa61b7006d53153b31fc9', 'Printer 2', 'm2@customer.example', '[]', NULL);
INSERT INTO "message" VALUES (3, '36191425d5c91857b8d98c3be98495e2d6d601fe1f062f8f241e99c9e921d628', 180, '894b9c6f74f465214fe92f193dc51bc2372add62452d1660871deed0262d04f7', 'ingest', 'support', NULL, '[]', 0, 1795962354194622, 'done', 'ticketed', 3, 'new_ticket', 'nothing it belongs to was found; triage by technical: category technical', 1, 1795962354194622, 1795962414198308, 'ann3@customer.example', 'ann3@customer.example', 'customer.example', '08715e06b8e92b594120db16670a910f', 'Printer 3', 'm3@customer.example', '[]', NULL);
INSERT INTO "sighting" VALUES (1, 1, 'support', '', NULL, NULL, 1795962353817693);
INSERT INTO "sighting" VALUES (2, 2, 'support', '', NULL, NULL, 1795962354154053);
INSERT INTO "sighting" VALUES (3, 3, 'support', '', NULL, NULL, 1795962354194622);
INSERT INTO "entry" VALUES (1, 1, 'customer', 'ann1@customer.example', 'Ann', 'The printer 1 is broken.', 'The printer 1 is broken.', '{}', 0, NULL, 1, 1795962354000900);
INSERT INTO "entry" VALUES (2, 2, 'customer', 'ann2@customer.example', 'Ann', 'The printer 2 is broken.', 'The printer 2 is broken.', '{}', 0, NULL, 2, 1795962354187766);
INSERT INTO "entry" VALUES (3, 3, 'customer', 'ann3@customer.example', 'Ann', 'The printer 3 is broken.', 'The printer 3 is broken.', '{}', 0, NULL, 3, 1795962354207796);
INSERT INTO "entry" VALUES (4, 1, 'reply', 'anna@staff.example', 'Anna', 'Turn it off and on.', 'Turn it off and on.', '{"status": "new", "assignee": "", "closed_at": "", "first_response_at": "", "waiting_since": "2026-11-29T14:25:53.996173+00:00", "first_response_due": "2026-12-01T00:00:00+00:00", "next_response_due": "", "resolution_due": ""}', 0, 1, NULL, 1795962355160178);
INSERT INTO "entry" VALUES (5, 2, 'note', '', 'Anna', 'A private thought.', 'A private thought.', '{}', 0, NULL, NULL, 1795962356705461);
INSERT INTO "entry" VALUES (6, 2, 'event', '', 'desk', 'assigned to Anna by Anna', '', '{}', 0, NULL, NULL, 1795962357712732);
INSERT INTO "entry" VALUES (7, 3, 'event', '', 'desk', 'closed by Anna', '', '{}', 0, NULL, NULL, 1795962358774013);
INSERT INTO "message_ref" VALUES (1, 'm1@customer.example', 1, 'in', 1);
INSERT INTO "message_ref" VALUES (2, 'e5eea902f28aff51b29d35c973c54696@desk.example', 1, 'out', 1);
INSERT INTO "message_ref" VALUES (3, 'ref.aiaaaaabaaaaaakr47vqqcgzfsd53amw7t4px3idnbbq.f45d005c033027f0@desk.example', 1, 'out', 0);
INSERT INTO "message_ref" VALUES (4, 'm2@customer.example', 2, 'in', 1);
INSERT INTO "message_ref" VALUES (5, 'b05882c93ff4aa678f6efd19650efdda@desk.example', 2, 'out', 1);
INSERT INTO "message_ref" VALUES (6, 'ref.aiaaaaacaaaaaakr44qm2ic3fz27ye5suh3o5gtirc5q.6397889b6d938285@desk.example', 2, 'out', 0);
INSERT INTO "message_ref" VALUES (7, 'm3@customer.example', 3, 'in', 1);
INSERT INTO "message_ref" VALUES (8, '826e6374e94c254b032ea26b456f2091@desk.example', 3, 'out', 1);
INSERT INTO "message_ref" VALUES (9, 'ref.aiaaaaadaaaaaakr44a3wnpp26t4vtrzbykhtw6jnmna.4a0e908ff3d391b3@desk.example', 3, 'out', 0);
INSERT INTO "message_ref" VALUES (10, '31a509e8771be2629197d03ae87ac96b@desk.example', 1, 'out', 1);
INSERT INTO "message_ref" VALUES (11, '5b4a8449e8e8e9f486f9ade61e55c59b@desk.example', 3, 'out', 1);
INSERT INTO "outbox" VALUES (1, 'ack:msg:b851d4e02e8a497c53bf6f88bed1a805fc47e2b61b2ea8453cc86b3b72d034fa', 'e5eea902f28aff51b29d35c973c54696@desk.example', 1, NULL, 'acknowledgement', 2, '', 'ann1@customer.example', 'ann1@customer.example', 'customer.example', CAST(replace('From: "Help" <help@desk.example>
To: ann1@customer.example
Reply-To: "Help"
 <help+aeaaaaabaaaaaacr45olk6nexuenpootjmaog5q6jz7q@desk.example>
Subject: We have received your message [#1]
Date: Sun, 29 Nov 2026 14:25:54 +0000
Message-ID: <e5eea902f28aff51b29d35c973c54696@desk.example>
In-Reply-To: <m1@customer.example>
References: <m1@customer.example>
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Hello,

Thank you for writing to Help. Your message has reached us and has the number #1.

A person will read it and answer you by mail. We expect to do so by Tue, Dec 1, 12:00 AM (UTC).

To add something, a screenshot for example, simply reply to this mail.

We will never ask for your recovery phrase, your private key or your password. Do not send them to anyone, not even to us.

Help

This is an automatic mail. If you did not write to us, please ignore it.
', char(10), char(13, 10)) AS BLOB), 'due', 1795962354000900, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962354000900, 1795962354000900, NULL);
INSERT INTO "outbox" VALUES (2, 'notice:msg:b851d4e02e8a497c53bf6f88bed1a805fc47e2b61b2ea8453cc86b3b72d034fa:1', 'ref.aiaaaaabaaaaaakr47vqqcgzfsd53amw7t4px3idnbbq.f45d005c033027f0@desk.example', 1, NULL, 'notice', 1, 'help+amaaaaabaaaaaacr46veoctrav4lg32wownncayl2gua@desk.example', 'anna@staff.example', 'anna@staff.example', 'staff.example', CAST(replace('From: "Help" <help@desk.example>
To: "Anna" <anna@staff.example>
Reply-To: "Help"
 <help+aiaaaaabaaaaaakr47vqqcgzfsd53amw7t4px3idnbbq@desk.example>
Subject: [#1] Printer 1
Date: Sun, 29 Nov 2026 14:25:54 +0000
Message-ID: <ref.aiaaaaabaaaaaakr47vqqcgzfsd53amw7t4px3idnbbq.f45d005c033027f0@desk.example>
In-Reply-To: <ticket.4a5c12556bface9a6b9fe22ae1a752a9@desk.example>
References: <ticket.4a5c12556bface9a6b9fe22ae1a752a9@desk.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

##- Please type your reply above this line -##

New ticket

Ann <ann1@customer.example> wrote:

The printer 1 is broken.

---
Reply to this mail and your answer goes to the customer.
Alone on a line at the top: #note (keep it private), #close, #reopen, #mine, #assign NAME
#help sends you all commands.
Ticket #1, new, assigned to nobody
ref:aiaaaaabaaaaaakr47vqqcgzfsd53amw7t4px3idnbbq
', char(10), char(13, 10)) AS BLOB), 'due', 1795962354000900, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962354000900, 1795962354000900, NULL);
INSERT INTO "outbox" VALUES (3, 'ack:msg:6f8e95de4bcf9492f366138e322c61a09384d041eb316ee4ee064993cbd36a5d', 'b05882c93ff4aa678f6efd19650efdda@desk.example', 2, NULL, 'acknowledgement', 2, '', 'ann2@customer.example', 'ann2@customer.example', 'customer.example', CAST(replace('From: "Help" <help@desk.example>
To: ann2@customer.example
Reply-To: "Help"
 <help+aeaaaaacaaaaaacr443ozyg6hsn445ih262fdecluv6q@desk.example>
Subject: We have received your message [#2]
Date: Sun, 29 Nov 2026 14:25:54 +0000
Message-ID: <b05882c93ff4aa678f6efd19650efdda@desk.example>
In-Reply-To: <m2@customer.example>
References: <m2@customer.example>
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Hello,

Thank you for writing to Help. Your message has reached us and has the number #2.

A person will read it and answer you by mail. We expect to do so by Tue, Dec 1, 12:00 AM (UTC).

To add something, a screenshot for example, simply reply to this mail.

We will never ask for your recovery phrase, your private key or your password. Do not send them to anyone, not even to us.

Help

This is an automatic mail. If you did not write to us, please ignore it.
', char(10), char(13, 10)) AS BLOB), 'due', 1795962354187766, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962354187766, 1795962354187766, NULL);
INSERT INTO "outbox" VALUES (4, 'notice:msg:6f8e95de4bcf9492f366138e322c61a09384d041eb316ee4ee064993cbd36a5d:1', 'ref.aiaaaaacaaaaaakr44qm2ic3fz27ye5suh3o5gtirc5q.6397889b6d938285@desk.example', 2, NULL, 'notice', 1, 'help+amaaaaacaaaaaacr44ktyulxzuohz3hvgfibvg7g5n3a@desk.example', 'anna@staff.example', 'anna@staff.example', 'staff.example', CAST(replace('From: "Help" <help@desk.example>
To: "Anna" <anna@staff.example>
Reply-To: "Help"
 <help+aiaaaaacaaaaaakr44qm2ic3fz27ye5suh3o5gtirc5q@desk.example>
Subject: [#2] Printer 2
Date: Sun, 29 Nov 2026 14:25:54 +0000
Message-ID: <ref.aiaaaaacaaaaaakr44qm2ic3fz27ye5suh3o5gtirc5q.6397889b6d938285@desk.example>
In-Reply-To: <ticket.6620be9def6da3dfc0ebd12e08b58593@desk.example>
References: <ticket.6620be9def6da3dfc0ebd12e08b58593@desk.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

##- Please type your reply above this line -##

New ticket

Ann <ann2@customer.example> wrote:

The printer 2 is broken.

---
Reply to this mail and your answer goes to the customer.
Alone on a line at the top: #note (keep it private), #close, #reopen, #mine, #assign NAME
#help sends you all commands.
Ticket #2, new, assigned to nobody
ref:aiaaaaacaaaaaakr44qm2ic3fz27ye5suh3o5gtirc5q
', char(10), char(13, 10)) AS BLOB), 'due', 1795962354187766, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962354187766, 1795962354187766, NULL);
INSERT INTO "outbox" VALUES (5, 'ack:msg:894b9c6f74f465214fe92f193dc51bc2372add62452d1660871deed0262d04f7', '826e6374e94c254b032ea26b456f2091@desk.example', 3, NULL, 'acknowledgement', 2, '', 'ann3@customer.example', 'ann3@customer.example', 'customer.example', CAST(replace('From: "Help" <help@desk.example>
To: ann3@customer.example
Reply-To: "Help"
 <help+aeaaaaadaaaaaacr44l6da3ukg5rdp4nltzpfkxofl6a@desk.example>
Subject: We have received your message [#3]
Date: Sun, 29 Nov 2026 14:25:54 +0000
Message-ID: <826e6374e94c254b032ea26b456f2091@desk.example>
In-Reply-To: <m3@customer.example>
References: <m3@customer.example>
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Hello,

Thank you for writing to Help. Your message has reached us and has the number #3.

A person will read it and answer you by mail. We expect to do so by Tue, Dec 1, 12:00 AM (UTC).

To add something, a screenshot for example, simply reply to this mail.

We will never ask for your recovery phrase, your private key or your password. Do not send them to anyone, not even to us.

Help

This is an automatic mail. If you did not write to us, please ignore it.
', char(10), char(13, 10)) AS BLOB), 'due', 1795962354207796, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962354207796, 1795962354207796, NULL);
INSERT INTO "outbox" VALUES (6, 'notice:msg:894b9c6f74f465214fe92f193dc51bc2372add62452d1660871deed0262d04f7:1', 'ref.aiaaaaadaaaaaakr44a3wnpp26t4vtrzbykhtw6jnmna.4a0e908ff3d391b3@desk.example', 3, NULL, 'notice', 1, 'help+amaaaaadaaaaaacr472trw7ao4moto5j2riqjzvsrtpa@desk.example', 'anna@staff.example', 'anna@staff.example', 'staff.example', CAST(replace('From: "Help" <help@desk.example>
To: "Anna" <anna@staff.example>
Reply-To: "Help"
 <help+aiaaaaadaaaaaakr44a3wnpp26t4vtrzbykhtw6jnmna@desk.example>
Subject: [#3] Printer 3
Date: Sun, 29 Nov 2026 14:25:54 +0000
Message-ID: <ref.aiaaaaadaaaaaakr44a3wnpp26t4vtrzbykhtw6jnmna.4a0e908ff3d391b3@desk.example>
In-Reply-To: <ticket.75bb5f1d3997012823c2e4bcdf1cc40d@desk.example>
References: <ticket.75bb5f1d3997012823c2e4bcdf1cc40d@desk.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

##- Please type your reply above this line -##

New ticket

Ann <ann3@customer.example> wrote:

The printer 3 is broken.

---
Reply to this mail and your answer goes to the customer.
Alone on a line at the top: #note (keep it private), #close, #reopen, #mine, #assign NAME
#help sends you all commands.
Ticket #3, new, assigned to nobody
ref:aiaaaaadaaaaaakr44a3wnpp26t4vtrzbykhtw6jnmna
', char(10), char(13, 10)) AS BLOB), 'due', 1795962354207796, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962354207796, 1795962354207796, NULL);
INSERT INTO "outbox" VALUES (7, 'relay:13f7e998810948fda132a8d488ae8a0b:ann1@customer.example', '31a509e8771be2629197d03ae87ac96b@desk.example', 1, 4, 'relay', 0, 'help+amaaaaabaaaaaacr46veoctrav4lg32wownncayl2gua@desk.example', 'ann1@customer.example', 'ann1@customer.example', 'customer.example', CAST(replace('From: "Anna (Help)" <help@desk.example>
To: "Ann" <ann1@customer.example>
Reply-To: "Help"
 <help+aeaaaaabaaaaaacr45olk6nexuenpootjmaog5q6jz7q@desk.example>
Subject: Re: Printer 1
Date: Sun, 29 Nov 2026 14:25:55 +0000
Message-ID: <31a509e8771be2629197d03ae87ac96b@desk.example>
In-Reply-To: <e5eea902f28aff51b29d35c973c54696@desk.example>
References: <m1@customer.example>
 <e5eea902f28aff51b29d35c973c54696@desk.example>
Content-Language: en
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_f2637da18ab72cbf72387443b2f01231-a"


--=_f2637da18ab72cbf72387443b2f01231-a
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Turn it off and on.

--=_f2637da18ab72cbf72387443b2f01231-a
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 7bit

<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>Re: Printer 1</title>
<style>:root{color-scheme:light dark;supported-color-schemes:light dark}</style>
</head>
<body style="margin:0;padding:16px;font:16px/1.5 system-ui,-apple-system,''Segoe UI'',Roboto,''Noto Sans'',sans-serif">
<div style="max-width:36em;margin:0 auto">
<p style="margin:0 0 20px;padding:0 0 8px;border-bottom:3px solid #1a5fb4;font-weight:600">Help</p>
<div style="margin:0 0 16px;overflow-wrap:anywhere"><div style="white-space:pre-wrap">Turn it off and on.</div></div>
</div>
</body>
</html>

--=_f2637da18ab72cbf72387443b2f01231-a--
', char(10), char(13, 10)) AS BLOB), 'due', 1795962415160178, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962355160178, 1795962415160178, NULL);
INSERT INTO "outbox" VALUES (8, 'status:closed:cli:2aac542771204ad8a3ae9222a8974631:3', '5b4a8449e8e8e9f486f9ade61e55c59b@desk.example', 3, NULL, 'status', 2, '', 'ann3@customer.example', 'ann3@customer.example', 'customer.example', CAST(replace('From: "Help" <help@desk.example>
To: "Ann" <ann3@customer.example>
Reply-To: "Help"
 <help+aeaaaaadaaaaaacr44l6da3ukg5rdp4nltzpfkxofl6a@desk.example>
Subject: Re: Printer 3
Date: Sun, 29 Nov 2026 14:25:58 +0000
Message-ID: <5b4a8449e8e8e9f486f9ade61e55c59b@desk.example>
In-Reply-To: <826e6374e94c254b032ea26b456f2091@desk.example>
References: <m3@customer.example>
 <826e6374e94c254b032ea26b456f2091@desk.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_74923f3e430cc93809635cc8f67a029d-a"


--=_74923f3e430cc93809635cc8f67a029d-a
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Hello Ann,

We have closed your request #3, because we think it is solved.

If it is not, simply reply to this mail and we will look at it again.

Help

--=_74923f3e430cc93809635cc8f67a029d-a
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 7bit

<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>Re: Printer 3</title>
<style>:root{color-scheme:light dark;supported-color-schemes:light dark}</style>
</head>
<body style="margin:0;padding:16px;font:16px/1.5 system-ui,-apple-system,''Segoe UI'',Roboto,''Noto Sans'',sans-serif">
<div style="max-width:36em;margin:0 auto">
<p style="margin:0 0 20px;padding:0 0 8px;border-bottom:3px solid #1a5fb4;font-weight:600">Help</p>
<p style="margin:0 0 16px;overflow-wrap:anywhere">Hello Ann,</p>
<p style="margin:0 0 16px;overflow-wrap:anywhere">We have closed your request #3, because we think it is solved.</p>
<p style="margin:0 0 16px;overflow-wrap:anywhere">If it is not, simply reply to this mail and we will look at it again.</p>
<p style="margin:0 0 16px;overflow-wrap:anywhere">Help</p>
</div>
</body>
</html>

--=_74923f3e430cc93809635cc8f67a029d-a--
', char(10), char(13, 10)) AS BLOB), 'due', 1795962358774013, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962358774013, 1795962358774013, NULL);
INSERT INTO "audit" VALUES (1, 1795962352561297, 'admin', 'added agent anna@staff.example', 'command line', NULL, NULL);
INSERT INTO "audit" VALUES (2, 1795962355160178, 'Anna', 'reply', 'command line', 1, NULL);
INSERT INTO "audit" VALUES (3, 1795962356705461, 'Anna', 'note', 'command line', 2, NULL);
INSERT INTO "audit" VALUES (4, 1795962357712732, 'Anna', '#assign Anna', 'command line', 2, NULL);
INSERT INTO "audit" VALUES (5, 1795962358774013, 'Anna', '#close', 'command line', 3, NULL);
INSERT INTO "promise" VALUES (1, 1, 'first_response', 'normal', 86400000000, 1795962353996173, 1795962353996173, 86400000000, 1796083200000000, 'kept', 0, NULL, 1795962355160178, NULL);
INSERT INTO "promise" VALUES (2, 2, 'first_response', 'normal', 86400000000, 1795962354181735, 1795962354181735, 86400000000, 1796083200000000, 'running', 0, 1796040000000000, NULL, NULL);
INSERT INTO "promise" VALUES (3, 3, 'first_response', 'normal', 86400000000, 1795962354203525, 1795962354203525, 86400000000, 1796083200000000, 'dropped', 0, NULL, 1795962358774013, NULL);
INSERT INTO "search_text" VALUES (1, 'printer 1 ann ann1 customer example the printer 1 is broken turn it off and on');
INSERT INTO "search_text" VALUES (2, 'printer 2 ann ann2 customer example the printer 2 is broken a private thought');
INSERT INTO "search_text" VALUES (3, 'printer 3 ann ann3 customer example the printer 3 is broken');
INSERT INTO search(search) VALUES ('rebuild');

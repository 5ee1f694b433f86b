-- A desk as commit 8c22cdc made it: three tickets, one answered, one assigned, one closed. Line ends of mails are given back when it is read.
CREATE TABLE "meta" ("name" TEXT NOT NULL PRIMARY KEY, "value" TEXT NOT NULL);
CREATE TABLE "blob" ("sha256" TEXT NOT NULL PRIMARY KEY, "size" INTEGER NOT NULL, "content" BLOB);
CREATE TABLE "agent" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "address" TEXT NOT NULL, "key" TEXT NOT NULL, "enabled" INTEGER NOT NULL, "created_at" INTEGER NOT NULL);
CREATE UNIQUE INDEX "agent_key" ON "agent" ("key");
CREATE TABLE "agent_team" ("agent" INTEGER NOT NULL REFERENCES "agent" ("id"), "team" TEXT NOT NULL, PRIMARY KEY ("agent", "team"));
CREATE TABLE "ticket" ("id" INTEGER NOT NULL PRIMARY KEY, "subject" TEXT NOT NULL, "status" TEXT NOT NULL, "requester" TEXT NOT NULL, "requester_name" TEXT NOT NULL, "flood" TEXT NOT NULL, "language" TEXT NOT NULL, "mailbox" TEXT NOT NULL, "team" TEXT NOT NULL, "channel" TEXT NOT NULL, "priority" TEXT NOT NULL, "assignee" INTEGER REFERENCES "agent" ("id"), "related" INTEGER, "created_at" INTEGER NOT NULL, "updated_at" INTEGER NOT NULL, "closed_at" INTEGER, "link" INTEGER NOT NULL, "category" TEXT NOT NULL, "tags" TEXT NOT NULL, "fields" TEXT NOT NULL, "spam" INTEGER NOT NULL, "survey_off" INTEGER NOT NULL, "snoozed_until" INTEGER, "merged_into" INTEGER, "first_response_due" INTEGER, "next_response_due" INTEGER, "resolution_due" INTEGER, "first_response_at" INTEGER, "waiting_since" INTEGER);
CREATE INDEX "ticket_status" ON "ticket" ("status");
CREATE INDEX "ticket_assignee" ON "ticket" ("assignee");
CREATE INDEX "ticket_closed_at" ON "ticket" ("closed_at");
CREATE INDEX "ticket_flood_created_at" ON "ticket" ("flood", "created_at");
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
CREATE TABLE "entry" ("id" INTEGER NOT NULL PRIMARY KEY, "ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), "kind" TEXT NOT NULL, "author" TEXT NOT NULL, "author_name" TEXT NOT NULL, "text" TEXT NOT NULL, "full_text" TEXT NOT NULL, "agent" INTEGER REFERENCES "agent" ("id"), "message" INTEGER REFERENCES "message" ("id"), "created_at" INTEGER NOT NULL);
CREATE INDEX "entry_ticket" ON "entry" ("ticket");
CREATE INDEX "entry_message" ON "entry" ("message");
CREATE TABLE "attachment" ("id" INTEGER NOT NULL PRIMARY KEY, "entry" INTEGER NOT NULL REFERENCES "entry" ("id"), "name" TEXT NOT NULL, "media_type" TEXT NOT NULL, "size" INTEGER NOT NULL, "sha256" TEXT NOT NULL, "content_id" TEXT NOT NULL, "inline" INTEGER NOT NULL);
CREATE INDEX "attachment_entry" ON "attachment" ("entry");
CREATE TABLE "participant" ("ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), "key" TEXT NOT NULL, "address" TEXT NOT NULL, PRIMARY KEY ("ticket", "key"));
CREATE TABLE "message_ref" ("id" INTEGER NOT NULL PRIMARY KEY, "message_id" TEXT NOT NULL, "ticket" INTEGER NOT NULL REFERENCES "ticket" ("id"), "direction" TEXT NOT NULL, "public" INTEGER NOT NULL);
CREATE INDEX "messageref_message_id" ON "message_ref" ("message_id");
CREATE INDEX "messageref_ticket" ON "message_ref" ("ticket");
CREATE TABLE "outbox" ("id" INTEGER NOT NULL PRIMARY KEY, "dedupe_key" TEXT NOT NULL, "message_id" TEXT NOT NULL, "ticket" INTEGER REFERENCES "ticket" ("id"), "kind" TEXT NOT NULL, "urgency" INTEGER NOT NULL, "mail_from" TEXT NOT NULL, "rcpt" TEXT NOT NULL, "rcpt_key" TEXT NOT NULL, "rcpt_domain" TEXT NOT NULL, "mime" BLOB NOT NULL, "state" TEXT NOT NULL, "not_before" INTEGER NOT NULL, "attempts" INTEGER NOT NULL, "lease_owner" TEXT, "lease_until" INTEGER, "data_started" INTEGER, "error" TEXT NOT NULL, "delivery" TEXT NOT NULL, "doubtful" INTEGER NOT NULL, "seen" INTEGER NOT NULL, "created_at" INTEGER NOT NULL, "due_since" INTEGER NOT NULL, "sent_at" INTEGER);
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
CREATE TABLE "audit" ("id" INTEGER NOT NULL PRIMARY KEY, "at" INTEGER NOT NULL, "who" TEXT NOT NULL, "what" TEXT NOT NULL, "authority" TEXT NOT NULL, "ticket" INTEGER, "message" INTEGER);
CREATE INDEX "audit_ticket" ON "audit" ("ticket");
INSERT INTO "meta" VALUES ('schema', '2');
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
INSERT INTO "agent" VALUES (1, 'Anna', 'anna@staff.example', 'anna@staff.example', 1, 1795962362883916);
INSERT INTO "agent_team" VALUES (1, 'printers');
INSERT INTO "ticket" VALUES (1, 'Printer 1', 'pending', 'ann1@customer.example', 'Ann', '', 'en', 'support', '', 'ingest', 'normal', 1, NULL, 1795962364336222, 1795962365353279, NULL, 1, '', '[]', '{}', 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO "ticket" VALUES (2, 'Printer 2', 'new', 'ann2@customer.example', 'Ann', '', 'en', 'support', '', 'ingest', 'normal', 1, NULL, 1795962364609594, 1795962367357662, NULL, 1, '', '[]', '{}', 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO "ticket" VALUES (3, 'Printer 3', 'closed', 'ann3@customer.example', 'Ann', '', 'en', 'support', '', 'ingest', 'normal', NULL, NULL, 1795962364643150, 1795962368870177, 1795962368870177, 1, '', '[]', '{}', 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO "message" VALUES (1, '4a93056161e425b2735e643566ff9848ea6c9813fd3eabc651082abd0dc15b79', 180, 'b851d4e02e8a497c53bf6f88bed1a805fc47e2b61b2ea8453cc86b3b72d034fa', 'ingest', 'support', NULL, '[]', 0, 1795962364155134, 'done', 'ticketed', 1, 'new_ticket', 'nothing it belongs to was found', 1, 1795962364155134, 1795962424161059, 'ann1@customer.example', 'ann1@customer.example', 'customer.example', '68f5fa73e661c84a991ed87c74541674', 'Printer 1', 'm1@customer.example', '[]', NULL);
INSERT INTO "message" VALUES (2, '6952abcf695e790482b5c36b959c0eb3f5d72ad436522fb002794f2e8a07bd8c', 180, '6f8e95de4bcf9492f366138e322c61a09384d041eb316ee4ee064993cbd36a5d', 'ingest', 'support', NULL, '[]', 0, 1795962364593270, 'done', 'ticketed', 2, 'new_ticket', 'nothing it belongs to was found', 1, 1795962364593270, 1795962424599573, 'ann2@customer.example', 'ann2@customer.example', 'customer.example', '5a337d68784aa61b7006d53153b31fc9', 'Printer 2', 'm2@customer.example', '[]', NULL);
INSERT INTO "message" VALUES (3, '36191425d5c91857b8d98c3be98495e2d6d601fe1f062f8f241e99c9e921d628', 180, '894b9c6f74f465214fe92f193dc51bc2372add62452d1660871deed0262d04f7', 'ingest', 'support', NULL, '[]', 0, 1795962364624139, 'done', 'ticketed', 3, 'new_ticket', 'nothing it belongs to was found', 1, 1795962364624139, 1795962424628875, 'ann3@customer.example', 'ann3@customer.example', 'customer.example', '08715e06b8e92b594120db16670a910f', 'Printer 3', 'm3@customer.example', '[]', NULL);
INSERT INTO "sighting" VALUES (1, 1, 'support', '', NULL, NULL, 1795962364155134);
INSERT INTO "sighting" VALUES (2, 2, 'support', '', NULL, NULL, 1795962364593270);
INSERT INTO "sighting" VALUES (3, 3, 'support', '', NULL, NULL, 1795962364624139);
INSERT INTO "entry" VALUES (1, 1, 'customer', 'ann1@customer.example', 'Ann', 'The printer 1 is broken.', 'The printer 1 is broken.', NULL, 1, 1795962364336222);
INSERT INTO "entry" VALUES (2, 2, 'customer', 'ann2@customer.example', 'Ann', 'The printer 2 is broken.', 'The printer 2 is broken.', NULL, 2, 1795962364609594);
INSERT INTO "entry" VALUES (3, 3, 'customer', 'ann3@customer.example', 'Ann', 'The printer 3 is broken.', 'The printer 3 is broken.', NULL, 3, 1795962364643150);
INSERT INTO "entry" VALUES (4, 1, 'reply', 'anna@staff.example', 'Anna', 'Turn it off and on.', 'Turn it off and on.', 1, NULL, 1795962365353279);
INSERT INTO "entry" VALUES (5, 2, 'note', '', 'Anna', 'A private thought.', 'A private thought.', NULL, NULL, 1795962366726570);
INSERT INTO "entry" VALUES (6, 2, 'event', '', 'desk', 'assigned to Anna by Anna', '', NULL, NULL, 1795962367357662);
INSERT INTO "entry" VALUES (7, 3, 'event', '', 'desk', 'closed by Anna', '', NULL, NULL, 1795962368870177);
INSERT INTO "message_ref" VALUES (1, 'm1@customer.example', 1, 'in', 1);
INSERT INTO "message_ref" VALUES (2, '104758138e71db4d8d86607ce11c59e2@desk.example', 1, 'out', 1);
INSERT INTO "message_ref" VALUES (3, 'ffeaf1c105685301bb2d2c0304d0c0c1@desk.example', 1, 'out', 0);
INSERT INTO "message_ref" VALUES (4, 'm2@customer.example', 2, 'in', 1);
INSERT INTO "message_ref" VALUES (5, '985ad136f3541b8d15ab73d455068f3a@desk.example', 2, 'out', 1);
INSERT INTO "message_ref" VALUES (6, '79ca486380663624f696269481f36634@desk.example', 2, 'out', 0);
INSERT INTO "message_ref" VALUES (7, 'm3@customer.example', 3, 'in', 1);
INSERT INTO "message_ref" VALUES (8, 'b3b82b6510c2069c86b4098a7e73b1fe@desk.example', 3, 'out', 1);
INSERT INTO "message_ref" VALUES (9, '078bd5ea2b7a58fda908b3e73af28907@desk.example', 3, 'out', 0);
INSERT INTO "message_ref" VALUES (10, '57539e871ec58cba4e83f223092750be@desk.example', 1, 'out', 1);
INSERT INTO "message_ref" VALUES (11, 'a0c711df9cda601b9996a12eac153c51@desk.example', 2, 'out', 0);
INSERT INTO "message_ref" VALUES (12, '657f1db4ac27796ea66e3992206e245b@desk.example', 3, 'out', 1);
INSERT INTO "outbox" VALUES (1, 'ack:msg:b851d4e02e8a497c53bf6f88bed1a805fc47e2b61b2ea8453cc86b3b72d034fa', '104758138e71db4d8d86607ce11c59e2@desk.example', 1, 'acknowledgement', 2, '', 'ann1@customer.example', 'ann1@customer.example', 'customer.example', CAST(replace('From: "Help" <help@desk.example>
To: ann1@customer.example
Reply-To: "Help"
 <help+aeaaaaabaaaaaacr47rdumygvzkvmci44ryui6hbbb5a@desk.example>
Subject: We have received your message [#1]
Date: Sun, 29 Nov 2026 14:26:04 +0000
Message-ID: <104758138e71db4d8d86607ce11c59e2@desk.example>
In-Reply-To: <m1@customer.example>
References: <m1@customer.example>
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Hello,

thank you for writing to Help. Your message has reached us and has
the number #1.

A person will read it and answer you by mail. If you want to add something,
a screenshot for example, simply reply to this mail.

We will never ask for your recovery phrase, your private key or your
password. Do not send them to anyone, not even to us.

Help

This is an automatic mail. If you did not write to us, please ignore it.
', char(10), char(13, 10)) AS BLOB), 'due', 1795962364336222, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962364336222, 1795962364336222, NULL);
INSERT INTO "outbox" VALUES (2, 'notice:msg:b851d4e02e8a497c53bf6f88bed1a805fc47e2b61b2ea8453cc86b3b72d034fa:1', 'ffeaf1c105685301bb2d2c0304d0c0c1@desk.example', 1, 'notice', 1, 'help+amaaaaabaaaaaacr44iozyifqkfrih2atcdogjvyk3vq@desk.example', 'anna@staff.example', 'anna@staff.example', 'staff.example', CAST(replace('From: "Help" <help@desk.example>
To: "Anna" <anna@staff.example>
Reply-To: "Help"
 <help+aiaaaaabaaaaaakr47vsmiwll3z45fwaoklni2i5jesq@desk.example>
Subject: [#1] Printer 1
Date: Sun, 29 Nov 2026 14:26:04 +0000
Message-ID: <ffeaf1c105685301bb2d2c0304d0c0c1@desk.example>
In-Reply-To: <ticket.5f796a44781e9d70e1ab3744968e235c@desk.example>
References: <ticket.5f796a44781e9d70e1ab3744968e235c@desk.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

##- Please type your reply above this line -##

Ann <ann1@customer.example> wrote:

The printer 1 is broken.

---
Reply to this mail and your answer goes to the customer.
Alone on a line at the top: #note (keep it private), #close, #reopen, #mine, #assign NAME
Ticket #1, new, assigned to nobody
', char(10), char(13, 10)) AS BLOB), 'due', 1795962364336222, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962364336222, 1795962364336222, NULL);
INSERT INTO "outbox" VALUES (3, 'ack:msg:6f8e95de4bcf9492f366138e322c61a09384d041eb316ee4ee064993cbd36a5d', '985ad136f3541b8d15ab73d455068f3a@desk.example', 2, 'acknowledgement', 2, '', 'ann2@customer.example', 'ann2@customer.example', 'customer.example', CAST(replace('From: "Help" <help@desk.example>
To: ann2@customer.example
Reply-To: "Help"
 <help+aeaaaaacaaaaaacr47sdi7wf7s54onghd6vqvakuogoa@desk.example>
Subject: We have received your message [#2]
Date: Sun, 29 Nov 2026 14:26:04 +0000
Message-ID: <985ad136f3541b8d15ab73d455068f3a@desk.example>
In-Reply-To: <m2@customer.example>
References: <m2@customer.example>
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Hello,

thank you for writing to Help. Your message has reached us and has
the number #2.

A person will read it and answer you by mail. If you want to add something,
a screenshot for example, simply reply to this mail.

We will never ask for your recovery phrase, your private key or your
password. Do not send them to anyone, not even to us.

Help

This is an automatic mail. If you did not write to us, please ignore it.
', char(10), char(13, 10)) AS BLOB), 'due', 1795962364609594, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962364609594, 1795962364609594, NULL);
INSERT INTO "outbox" VALUES (4, 'notice:msg:6f8e95de4bcf9492f366138e322c61a09384d041eb316ee4ee064993cbd36a5d:1', '79ca486380663624f696269481f36634@desk.example', 2, 'notice', 1, 'help+amaaaaacaaaaaacr472wskgdyurnkvky7riofqsuo42a@desk.example', 'anna@staff.example', 'anna@staff.example', 'staff.example', CAST(replace('From: "Help" <help@desk.example>
To: "Anna" <anna@staff.example>
Reply-To: "Help"
 <help+aiaaaaacaaaaaakr457ed6yma4n3wtul7zifapeg2cfa@desk.example>
Subject: [#2] Printer 2
Date: Sun, 29 Nov 2026 14:26:04 +0000
Message-ID: <79ca486380663624f696269481f36634@desk.example>
In-Reply-To: <ticket.8f15eb176e755bd0dcc12959fab4ce14@desk.example>
References: <ticket.8f15eb176e755bd0dcc12959fab4ce14@desk.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

##- Please type your reply above this line -##

Ann <ann2@customer.example> wrote:

The printer 2 is broken.

---
Reply to this mail and your answer goes to the customer.
Alone on a line at the top: #note (keep it private), #close, #reopen, #mine, #assign NAME
Ticket #2, new, assigned to nobody
', char(10), char(13, 10)) AS BLOB), 'due', 1795962364609594, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962364609594, 1795962364609594, NULL);
INSERT INTO "outbox" VALUES (5, 'ack:msg:894b9c6f74f465214fe92f193dc51bc2372add62452d1660871deed0262d04f7', 'b3b82b6510c2069c86b4098a7e73b1fe@desk.example', 3, 'acknowledgement', 2, '', 'ann3@customer.example', 'ann3@customer.example', 'customer.example', CAST(replace('From: "Help" <help@desk.example>
To: ann3@customer.example
Reply-To: "Help"
 <help+aeaaaaadaaaaaacr46jajjprc4pihrrmkmxdm4qra3gq@desk.example>
Subject: We have received your message [#3]
Date: Sun, 29 Nov 2026 14:26:04 +0000
Message-ID: <b3b82b6510c2069c86b4098a7e73b1fe@desk.example>
In-Reply-To: <m3@customer.example>
References: <m3@customer.example>
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Hello,

thank you for writing to Help. Your message has reached us and has
the number #3.

A person will read it and answer you by mail. If you want to add something,
a screenshot for example, simply reply to this mail.

We will never ask for your recovery phrase, your private key or your
password. Do not send them to anyone, not even to us.

Help

This is an automatic mail. If you did not write to us, please ignore it.
', char(10), char(13, 10)) AS BLOB), 'due', 1795962364643150, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962364643150, 1795962364643150, NULL);
INSERT INTO "outbox" VALUES (6, 'notice:msg:894b9c6f74f465214fe92f193dc51bc2372add62452d1660871deed0262d04f7:1', '078bd5ea2b7a58fda908b3e73af28907@desk.example', 3, 'notice', 1, 'help+amaaaaadaaaaaacr47amzziqjhnedlouwfiv6yd5w5ga@desk.example', 'anna@staff.example', 'anna@staff.example', 'staff.example', CAST(replace('From: "Help" <help@desk.example>
To: "Anna" <anna@staff.example>
Reply-To: "Help"
 <help+aiaaaaadaaaaaakr45cojcdjo5d7th2btqqlbatdsxaq@desk.example>
Subject: [#3] Printer 3
Date: Sun, 29 Nov 2026 14:26:04 +0000
Message-ID: <078bd5ea2b7a58fda908b3e73af28907@desk.example>
In-Reply-To: <ticket.03a4e5291e26e0118ff7f18b7323a742@desk.example>
References: <ticket.03a4e5291e26e0118ff7f18b7323a742@desk.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

##- Please type your reply above this line -##

Ann <ann3@customer.example> wrote:

The printer 3 is broken.

---
Reply to this mail and your answer goes to the customer.
Alone on a line at the top: #note (keep it private), #close, #reopen, #mine, #assign NAME
Ticket #3, new, assigned to nobody
', char(10), char(13, 10)) AS BLOB), 'due', 1795962364643150, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962364643150, 1795962364643150, NULL);
INSERT INTO "outbox" VALUES (7, 'relay:6f550d82037b4da19350715c7f50aa18:ann1@customer.example', '57539e871ec58cba4e83f223092750be@desk.example', 1, 'relay', 0, 'help+amaaaaabaaaaaacr44iozyifqkfrih2atcdogjvyk3vq@desk.example', 'ann1@customer.example', 'ann1@customer.example', 'customer.example', CAST(replace('From: "Anna (Help)" <help@desk.example>
To: "Ann" <ann1@customer.example>
Reply-To: "Help"
 <help+aeaaaaabaaaaaacr47rdumygvzkvmci44ryui6hbbb5a@desk.example>
Subject: Re: Printer 1
Date: Sun, 29 Nov 2026 14:26:05 +0000
Message-ID: <57539e871ec58cba4e83f223092750be@desk.example>
In-Reply-To: <104758138e71db4d8d86607ce11c59e2@desk.example>
References: <m1@customer.example>
 <104758138e71db4d8d86607ce11c59e2@desk.example>
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Turn it off and on.
', char(10), char(13, 10)) AS BLOB), 'due', 1795962365353279, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962365353279, 1795962365353279, NULL);
INSERT INTO "outbox" VALUES (8, 'alert:assigned:dd0927a8627d4341a94334d027e91fa7:1', 'a0c711df9cda601b9996a12eac153c51@desk.example', 2, 'alert', 1, 'help+amaaaaacaaaaaacr472wskgdyurnkvky7riofqsuo42a@desk.example', 'anna@staff.example', 'anna@staff.example', 'staff.example', CAST(replace('From: "Help" <help@desk.example>
To: "Anna" <anna@staff.example>
Reply-To: "Help"
 <help+aiaaaaacaaaaaakr457ed6yma4n3wtul7zifapeg2cfa@desk.example>
Subject: [#2] Please look: Printer 2
Date: Sun, 29 Nov 2026 14:26:07 +0000
Message-ID: <a0c711df9cda601b9996a12eac153c51@desk.example>
In-Reply-To: <ticket.8f15eb176e755bd0dcc12959fab4ce14@desk.example>
References: <ticket.8f15eb176e755bd0dcc12959fab4ce14@desk.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

##- Please type your reply above this line -##

This needs your attention in ticket #2:

Anna gave this ticket to you.

What you can do:
- To write to the customer, reply to this mail.
- If an answer of yours was held back, send it again as a reply to this mail.
- To leave a private remark, put #note alone on the first line of your reply.

Ticket #2, new, assigned to Anna
', char(10), char(13, 10)) AS BLOB), 'due', 1795962367357662, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962367357662, 1795962367357662, NULL);
INSERT INTO "outbox" VALUES (9, 'status:closed:16951202bde44eba8d954de6333f7a57:3', '657f1db4ac27796ea66e3992206e245b@desk.example', 3, 'status', 2, '', 'ann3@customer.example', 'ann3@customer.example', 'customer.example', CAST(replace('From: "Help" <help@desk.example>
To: "Ann" <ann3@customer.example>
Reply-To: "Help"
 <help+aeaaaaadaaaaaacr46jajjprc4pihrrmkmxdm4qra3gq@desk.example>
Subject: Re: Printer 3
Date: Sun, 29 Nov 2026 14:26:08 +0000
Message-ID: <657f1db4ac27796ea66e3992206e245b@desk.example>
In-Reply-To: <b3b82b6510c2069c86b4098a7e73b1fe@desk.example>
References: <m3@customer.example>
 <b3b82b6510c2069c86b4098a7e73b1fe@desk.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Hello Ann,

we have closed your ticket #3, because we think it is solved.

If it is not, simply reply to this mail and we will look at it again.

Help
', char(10), char(13, 10)) AS BLOB), 'due', 1795962368870177, 0, NULL, NULL, NULL, '', '', 0, 0, 1795962368870177, 1795962368870177, NULL);
INSERT INTO "audit" VALUES (1, 1795962362887351, 'admin', 'added agent anna@staff.example', '', NULL, NULL);

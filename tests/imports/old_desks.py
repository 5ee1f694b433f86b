"""Databases of other desks, made up: the tables and columns that the converters read, with people of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymysql

from intake.testing.mariadb import MariaDB

OSTICKET = """
CREATE TABLE ost_ticket (ticket_id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT, number VARCHAR(20),
  user_id INT UNSIGNED NOT NULL DEFAULT 0, user_email_id INT UNSIGNED NOT NULL DEFAULT 0,
  status_id INT UNSIGNED NOT NULL DEFAULT 0, dept_id INT UNSIGNED NOT NULL DEFAULT 0,
  topic_id INT UNSIGNED NOT NULL DEFAULT 0, staff_id INT UNSIGNED NOT NULL DEFAULT 0,
  source ENUM('Web','Email','Phone','API','Other') NOT NULL DEFAULT 'Other',
  isanswered TINYINT UNSIGNED NOT NULL DEFAULT 0, closed DATETIME, created DATETIME NOT NULL,
  updated DATETIME NOT NULL);
CREATE TABLE ost_ticket_status (id INT PRIMARY KEY, name VARCHAR(60) NOT NULL, state VARCHAR(16));
CREATE TABLE ost_department (id INT UNSIGNED PRIMARY KEY, name VARCHAR(128) NOT NULL);
CREATE TABLE ost_help_topic (topic_id INT UNSIGNED PRIMARY KEY, topic VARCHAR(128) NOT NULL);
CREATE TABLE ost_user (id INT PRIMARY KEY, default_email_id INT NOT NULL, name VARCHAR(128) NOT NULL);
CREATE TABLE ost_user_email (id INT PRIMARY KEY, user_id INT NOT NULL, address VARCHAR(255));
CREATE TABLE ost_staff (staff_id INT UNSIGNED PRIMARY KEY, firstname VARCHAR(32), lastname VARCHAR(32),
  email VARCHAR(255));
CREATE TABLE ost_thread (id INT UNSIGNED PRIMARY KEY, object_id INT UNSIGNED NOT NULL, object_type CHAR(1));
CREATE TABLE ost_thread_entry (id INT UNSIGNED PRIMARY KEY, thread_id INT UNSIGNED NOT NULL,
  staff_id INT UNSIGNED NOT NULL DEFAULT 0, user_id INT UNSIGNED NOT NULL DEFAULT 0, type CHAR(1) NOT NULL,
  flags INT UNSIGNED NOT NULL DEFAULT 0, poster VARCHAR(128) NOT NULL DEFAULT '', title VARCHAR(255),
  body TEXT NOT NULL, format VARCHAR(16) NOT NULL DEFAULT 'html', created DATETIME NOT NULL);
CREATE TABLE ost_thread_entry_email (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT, thread_entry_id INT UNSIGNED,
  mid VARCHAR(255) NOT NULL, headers TEXT);
CREATE TABLE ost_thread_collaborator (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT, thread_id INT UNSIGNED,
  user_id INT UNSIGNED);
CREATE TABLE ost_form_entry (id INT UNSIGNED PRIMARY KEY, object_id INT UNSIGNED, object_type CHAR(1));
CREATE TABLE ost_form_entry_values (entry_id INT UNSIGNED, field_id INT UNSIGNED, value TEXT,
  PRIMARY KEY (entry_id, field_id));
CREATE TABLE ost_form_field (id INT UNSIGNED PRIMARY KEY, name VARCHAR(64), label VARCHAR(255));
CREATE TABLE ost_attachment (id INT UNSIGNED PRIMARY KEY, object_id INT UNSIGNED, type CHAR(1),
  file_id INT UNSIGNED, name VARCHAR(255), inline TINYINT UNSIGNED NOT NULL DEFAULT 0);
CREATE TABLE ost_file (id INT UNSIGNED PRIMARY KEY, bk CHAR(1) NOT NULL DEFAULT 'D', type VARCHAR(255),
  size BIGINT UNSIGNED NOT NULL, `key` VARCHAR(86), name VARCHAR(255));
CREATE TABLE ost_file_chunk (file_id INT, chunk_id INT, filedata LONGBLOB NOT NULL,
  PRIMARY KEY (file_id, chunk_id));
INSERT INTO ost_ticket_status VALUES (1, 'Open', 'open'), (2, 'Resolved', 'closed'), (3, 'Closed', 'closed'),
  (5, 'Deleted', 'deleted');
INSERT INTO ost_department VALUES (1, 'Support'), (2, 'Billing');
INSERT INTO ost_help_topic VALUES (1, 'Refunds');
INSERT INTO ost_user VALUES (1, 1, 'Lin Chen'), (2, 2, 'Bo Berg');
INSERT INTO ost_user_email VALUES (1, 1, 'lin@customer.example'), (2, 2, 'bo@customer.example'),
  (3, 1, 'lin@home.example');
INSERT INTO ost_staff VALUES (1, 'Alex', 'Kim', 'alex@old.example'), (2, 'Alex', 'Kim', 'kim@old.example');
INSERT INTO ost_form_field VALUES (1, 'subject', 'Issue Summary'), (2, 'priority', 'Priority'),
  (3, 'plan', 'Your plan');
INSERT INTO ost_ticket VALUES
  (1, '100001', 1, 3, 1, 2, 1, 2, 'Email', 1, NULL, '2024-07-01 10:00:00', '2024-07-02 10:00:00'),
  (2, '100002', 9, 9, 3, 1, 0, 7, 'Web', 0, '2024-01-03 09:00:00',
    '2024-01-02 09:00:00', '2024-01-03 09:00:00'),
  (3, '100003', 1, 1, 5, 1, 0, 0, 'Web', 0, NULL, '2024-01-02 09:00:00', '2024-01-03 09:00:00');
INSERT INTO ost_thread VALUES (1, 1, 'T'), (2, 2, 'T'), (3, 3, 'T'), (4, 1, 'A');
INSERT INTO ost_thread_entry VALUES
  (1, 1, 0, 1, 'M', 1, 'Lin Chen', 'Coins', '<p>Where are my coins?</p>', 'html', '2024-07-01 10:00:00'),
  (2, 1, 1, 0, 'N', 0, 'Alex Kim', 'Known', 'The bug of June. SECRET-NOTE', 'text', '2024-07-01 10:30:00'),
  (3, 1, 2, 0, 'R', 0, 'Alex Kim', NULL, 'They are back.', 'text', '2024-07-01 11:00:00'),
  (4, 1, 2, 0, 'R', 4, 'Alex Kim', NULL, 'They are bakc.', 'text', '2024-07-01 10:59:00'),
  (5, 1, 2, 0, 'X', 0, 'Alex Kim', NULL, 'Of a type to come.', 'text', '2024-07-01 12:00:00'),
  (6, 2, 0, 9, 'M', 1, 'Old Friend', 'Hello', 'Help', 'text', '2024-01-02 09:00:00'),
  (7, 2, 7, 0, 'R', 0, '', NULL, 'Done.', 'text', '2024-01-02 10:00:00'),
  (8, 4, 1, 0, 'N', 0, 'Alex Kim', 'A task', 'No entry of the ticket.', 'text', '2024-07-01 13:00:00');
INSERT INTO ost_thread_entry_email (thread_entry_id, mid) VALUES (1, '<c1@customer.example>');
INSERT INTO ost_thread_collaborator (thread_id, user_id) VALUES (1, 2);
INSERT INTO ost_form_entry VALUES (1, 1, 'T'), (2, 2, 'T'), (3, 1, 'U');
INSERT INTO ost_form_entry_values VALUES (1, 1, 'Coins missing'), (1, 2, 'Emergency'),
  (1, 3, '{"p":"Pro plan"}'),
  (2, 1, 'Hello'), (3, 3, 'Of the user 1.');
INSERT INTO ost_attachment VALUES (1, 1, 'H', 1, NULL, 0), (2, 1, 'H', 2, 'photo.png', 1),
  (3, 3, 'H', 99, 'x', 0),
  (4, 6, 'H', 3, NULL, 0), (5, 6, 'H', 4, NULL, 0);
INSERT INTO ost_file VALUES (1, 'D', 'text/plain', 8, 'keyone', '../../etc/pass wd.txt'),
  (2, 'D', 'image/png', 3, 'keytwo', 'p.png'), (3, 'F', 'text/plain', 5, 'kdisk', 'disk.txt'),
  (4, 'D', 'text/plain', 5, 'klost', 'lost.txt');
INSERT INTO ost_file_chunk VALUES (1, 1, 'efgh'), (1, 0, 'abcd'), (2, 0, X'890001');
"""

FREESCOUT = """
CREATE TABLE conversations (id INT UNSIGNED PRIMARY KEY, number INT UNSIGNED, status TINYINT UNSIGNED,
  state TINYINT UNSIGNED, subject VARCHAR(998), customer_id INT, customer_email VARCHAR(191), cc TEXT,
  mailbox_id INT, user_id INT, closed_at TIMESTAMP NULL,
  created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL);
CREATE TABLE threads (id INT UNSIGNED PRIMARY KEY, conversation_id INT, type TINYINT UNSIGNED,
  status TINYINT UNSIGNED, state TINYINT UNSIGNED, action_type TINYINT UNSIGNED, body LONGTEXT,
  message_id VARCHAR(998), `from` VARCHAR(191), created_by_user_id INT, created_by_customer_id INT,
  created_at TIMESTAMP NULL);
CREATE TABLE attachments (id INT UNSIGNED PRIMARY KEY, thread_id INT, file_dir VARCHAR(20),
  file_name VARCHAR(255),  mime_type VARCHAR(127), size INT UNSIGNED, embedded TINYINT NOT NULL DEFAULT 0);
CREATE TABLE customers (id INT UNSIGNED PRIMARY KEY, first_name VARCHAR(255), last_name VARCHAR(255));
CREATE TABLE emails (id INT UNSIGNED PRIMARY KEY, customer_id INT, email VARCHAR(191));
CREATE TABLE users (id INT PRIMARY KEY, first_name VARCHAR(20), last_name VARCHAR(30), email VARCHAR(191));
CREATE TABLE mailboxes (id INT UNSIGNED PRIMARY KEY, name VARCHAR(40), email VARCHAR(128));
CREATE TABLE tags (id INT UNSIGNED PRIMARY KEY, name VARCHAR(255));
CREATE TABLE conversation_tag (conversation_id INT, tag_id INT);
INSERT INTO mailboxes VALUES (1, 'Support', 'support@old.example');
INSERT INTO users VALUES (1, 'Mia', 'Ito', 'mia@old.example');
INSERT INTO customers VALUES (1, 'Lin', 'Chen'), (2, NULL, NULL);
INSERT INTO emails VALUES (1, 1, 'lin@customer.example'), (2, 1, 'lin@home.example');
INSERT INTO conversations VALUES
  (1, 501, 2, 2, 'Coins missing', 1, 'lin@home.example', '["bo@customer.example","support@old.example"]',
    1, 1,    NULL, '2024-07-01 10:00:00', '2024-07-02 10:00:00'),
  (2, 502, 3, 3, 'Deleted', 1, 'lin@customer.example', NULL, 1, NULL, NULL, '2024-07-01 10:00:00', NULL),
  (3, 503, 1, 2, 'By chat', 2, NULL, NULL, 1, NULL, NULL, '2024-07-01 10:00:00', NULL),
  (4, 504, 1, 1, 'A draft', 1, 'lin@customer.example', NULL, 1, NULL, NULL, '2024-07-01 10:00:00', NULL),
  (5, 505, 4, 2, 'Cheap pills', 1, 'lin@customer.example', NULL, 1, NULL, NULL, '2024-07-01 10:00:00', NULL);
INSERT INTO threads VALUES
  (1, 1, 1, 1, 2, NULL, '<p>Where are they?</p>', 'c1@customer.example', 'lin@home.example', NULL, 1,
    '2024-07-01 10:00:00'),
  (2, 1, 3, 1, 2, NULL, 'Known bug. SECRET-NOTE', NULL, NULL, 1, NULL, '2024-07-01 10:10:00'),
  (3, 1, 2, 2, 2, NULL, 'They are back.', 'a1@old.example', NULL, 1, NULL, '2024-07-01 10:20:00'),
  (4, 1, 4, 2, 2, 1, '', NULL, NULL, 1, NULL, '2024-07-01 10:20:00'),
  (5, 1, 2, 2, 1, NULL, 'A draft. SECRET-DRAFT', NULL, NULL, 1, NULL, '2024-07-01 10:30:00'),
  (6, 1, 2, 2, 3, NULL, 'Hidden. SECRET-HIDDEN', NULL, NULL, 1, NULL, '2024-07-01 10:40:00'),
  (7, 1, 77, 2, 2, NULL, 'Of a type to come.', NULL, NULL, 9, NULL, '2024-07-01 10:50:00'),
  (8, 3, 8, 1, 2, NULL, 'Hello', NULL, NULL, NULL, 2, '2024-07-01 10:00:00'),
  (9, 5, 1, 1, 2, NULL, 'Buy', NULL, 'spam@bad.example', NULL, 1, '2024-07-01 10:00:00');
INSERT INTO attachments VALUES (1, 1, '1/2/1/', 'screen.png', 'image/png', 4, 0),
  (2, 1, '1/3/1/', 'gone.pdf', 'application/pdf', 9, 0), (3, 1, '../../../', 'secret', 'text/plain', 1, 0);
INSERT INTO tags VALUES (1, 'vip'), (2, 'coins');
INSERT INTO conversation_tag VALUES (1, 1), (1, 2);
"""


@contextmanager
def database(server: MariaDB, name: str, tables: str) -> Iterator[str]:
    """Make a database of these tables. Yields its URL, for a user that may do everything with it."""
    connection: Any = pymysql.connect(
        unix_socket=str(server.socket), user="root", charset="utf8mb4", autocommit=True
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
            cursor.execute(f"USE `{name}`")
            for statement in tables.split(";\n"):
                if statement.strip():
                    cursor.execute(statement)
        yield server.url(name)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
        connection.close()

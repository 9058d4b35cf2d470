-- SPDX-License-Identifier: MIT
-- Schema of an outbox in SQLite: one list of statements for each version, run in order. Times are milliseconds since 1970.

return {
  -- version 1
  {
    [[create table meta (name text primary key, value text not null) strict, without rowid]],
    [[create table run (
      id integer primary key, name text not null unique, kind text not null check (kind in ('list', 'stream')),
      state text not null check (state in ('planned', 'active', 'paused', 'cancelled', 'done')), reason text,
      priority integer not null default 5, digest text, rows integer not null default 0, segments integer not null default 0,
      cost real, hash integer not null default 0, cap_messages integer, cap_segments integer, cap_cost real,
      used_messages integer not null default 0, used_segments integer not null default 0, used_cost real not null default 0,
      options text not null default '{}', made_at integer not null, applied_at integer) strict]],
    [[create table lane (
      id integer primary key, run_id integer not null references run, route text not null, sender text not null default '',
      region text not null default '', guarded integer not null default 0, unique (run_id, route, sender, region)) strict]],
    [[create table limits (
      route text primary key, per_second real, current real, burst real not null default 1, tokens real not null default 0,
      filled_at integer not null, not_before integer, reason text,
      cap_messages integer, cap_segments integer, cap_cost real, used_messages integer not null default 0,
      used_segments integer not null default 0, used_cost real not null default 0, period integer, period_at integer not null) strict]],
    [[create table worker (
      id integer primary key autoincrement, host text not null, boot text, pid integer not null, started text, since integer not null,
      alive_until integer not null, ended_at integer) strict]],
    [[create table message (
      id integer primary key, run_id integer not null references run, lane_id integer not null references lane, key text not null,
      reference text not null, recipient text not null, body text, segments integer, place integer, hash integer not null default 0,
      state text not null default 'ready' check (state = 'ready' or state = 'sending' or state = 'accepted' or state = 'not_sent'
        or state = 'unknown' or state = 'cancelled'),
      due_at integer not null, expires_at integer, attempt integer not null default 0, worker_id integer, marked_at integer,
      settled_at integer, provider text, provider_id text, call_reference text, reason text, error text, cost real, status text,
      status_rank integer not null default 0, status_at integer, unique (run_id, key)) strict]],
    [[create index message_ready on message (lane_id, due_at, id) where state = 'ready']],
    [[create index message_open on message (worker_id) where worker_id is not null]],
    [[create index message_failed on message (run_id, state, id) where state = 'not_sent' or state = 'unknown'
      or state = 'cancelled']],
    [[create unique index message_reference on message (reference)]],
    [[create index message_provider on message (provider_id) where provider_id is not null]],
    [[create table optout (number text not null, sender text not null default '', reason text, at integer not null,
      primary key (number, sender)) strict, without rowid]],
    [[create table event (
      key text primary key, at integer not null, message_id integer, provider text not null, provider_id text, reference text,
      kind text not null, status text, body text) strict, without rowid]],
    [[create index event_parked on event (provider_id) where message_id is null and provider_id is not null]],
    [[create index event_message on event (message_id) where message_id is not null]],
    [[create index event_kind on event (kind, at) where kind in ('inbound', 'late')]],
    [[create table intake (id integer primary key, run text not null, key text not null, body text not null,
      at integer not null default (cast((julianday('now') - 2440587.5) * 86400000 as integer))) strict]],
  },
  -- version 2: pace of workers, and their circuit breakers
  {
    [[create table pace (
      id integer primary key autoincrement, run_id integer not null, worker_id integer not null, second integer not null,
      provider text not null, accepted integer not null, not_sent integer not null, unknown integer not null, segments integer not null,
      cost real not null, times text not null) strict]],
    [[create index pace_run on pace (run_id, id)]],
    [[alter table worker add column breakers text]],
    [[alter table worker add column breakers_at integer]],
  },
  -- version 3: reports for calls that several rows share
  {
    [[create index message_call on message (call_reference) where call_reference is not null]],
  },
  -- version 4: reports that arrive before their call has ended
  {
    [[create index event_call on event (reference) where message_id is null and reference is not null]],
  },
}

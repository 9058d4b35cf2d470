-- SPDX-License-Identifier: MIT
-- Schema of an outbox in PostgreSQL: one list of statements for each version, run in order. The functions are `sql/functions.lua`.

return {
  -- version 1
  {
    [[create table sms.meta (name text primary key, value text not null)]],
    [[create table sms.run (
      id bigint generated always as identity primary key, name text not null unique,
      kind text not null check (kind in ('list', 'stream')),
      state text not null check (state in ('planned', 'active', 'paused', 'cancelled', 'done')), reason text,
      priority smallint not null default 5, digest text, rows bigint not null default 0, segments bigint not null default 0,
      cost numeric(14, 4), hash bigint not null default 0, cap_messages bigint, cap_segments bigint, cap_cost numeric(14, 4),
      used_messages bigint not null default 0, used_segments bigint not null default 0, used_cost numeric(14, 4) not null default 0,
      options jsonb not null default '{}', made_at timestamptz not null default now(), applied_at timestamptz)]],
    [[create table sms.lane (
      id bigint generated always as identity primary key, run_id bigint not null references sms.run, route text not null,
      sender text not null default '', region text not null default '', guarded int not null default 0,
      unique (run_id, route, sender, region))]],
    [[create table sms.limits (
      route text primary key, per_second double precision, current double precision, burst double precision not null default 1,
      tokens double precision not null default 0, filled_at timestamptz not null default now(), not_before timestamptz, reason text,
      cap_messages bigint, cap_segments bigint, cap_cost numeric(14, 4), used_messages bigint not null default 0,
      used_segments bigint not null default 0, used_cost numeric(14, 4) not null default 0, period bigint,
      period_at timestamptz not null default now())]],
    [[create table sms.worker (
      id bigint generated always as identity primary key, host text not null, boot text, pid int not null, started text,
      since timestamptz not null default now(), alive_until timestamptz not null, ended_at timestamptz)]],
    [[create table sms.message (
      id bigint generated always as identity primary key, run_id bigint not null references sms.run,
      lane_id bigint not null references sms.lane, key text not null, reference text not null, recipient text not null,
      body jsonb, segments smallint, place bigint, hash bigint not null default 0,
      state text not null default 'ready' check (state in ('ready', 'sending', 'accepted', 'not_sent', 'unknown', 'cancelled')),
      due_at timestamptz not null default now(), expires_at timestamptz, attempt int not null default 0, worker_id bigint,
      marked_at timestamptz, settled_at timestamptz, provider text, provider_id text, call_reference text, reason text, error text,
      cost numeric(10, 4), status text, status_rank smallint not null default 0, status_at timestamptz, unique (run_id, key))]],
    [[create index message_ready on sms.message (lane_id, due_at, id) where state = 'ready']],
    [[create index message_open on sms.message (worker_id) where worker_id is not null]],
    [[create index message_failed on sms.message (run_id, state, id) where state in ('not_sent', 'unknown', 'cancelled')]],
    [[create unique index message_reference on sms.message (reference)]],
    [[create index message_provider on sms.message (provider_id) where provider_id is not null]],
    [[create table sms.optout (number text not null, sender text not null default '', reason text,
      at timestamptz not null default now(), primary key (number, sender))]],
    [[create table sms.event (
      key text primary key, at timestamptz not null default now(), message_id bigint, provider text not null, provider_id text,
      reference text, kind text not null, status text, body jsonb)]],
    [[create index event_parked on sms.event (provider_id) where message_id is null and provider_id is not null]],
    [[create index event_message on sms.event (message_id) where message_id is not null]],
    [[create index event_kind on sms.event (kind, at) where kind in ('inbound', 'late')]],
    [[create table sms.intake (id bigint generated always as identity primary key, run text not null, key text not null,
      body jsonb not null, at timestamptz not null default now())]],
  },
  -- version 2: pace of workers, and their circuit breakers
  {
    [[create table sms.pace (
      id bigint generated always as identity primary key, run_id bigint not null, worker_id bigint not null, second bigint not null,
      provider text not null, accepted int not null, not_sent int not null, unknown int not null, segments bigint not null,
      cost double precision not null, times text not null)]],
    [[create index pace_run on sms.pace (run_id, id)]],
    [[alter table sms.worker add column breakers text, add column breakers_at timestamptz]],
  },
  -- version 3: reports for calls that several rows share
  {
    [[create index message_call on sms.message (call_reference) where call_reference is not null]],
  },
  -- version 4: functions only; parked reports join rows of their provider
  {},
  -- version 5: reports that arrive before their call has ended; a worker suspended in a transaction does not block others
  {
    [[create index event_call on sms.event (reference) where message_id is null and reference is not null]],
  },
}

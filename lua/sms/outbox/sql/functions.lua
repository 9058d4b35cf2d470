-- SPDX-License-Identifier: MIT
-- Functions of an outbox in PostgreSQL; each migration writes them anew. None rests on session state, all names carry their schema, and
-- plans that depend on statistics are switched off: settling with stale statistics cost fifty times as much.

local PLANS = "set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off"

local functions = {
  -- The door for other languages: inside the caller's own transaction. Malformed JSON is refused by the type of `body`.
  [[create or replace function sms.enqueue(run text, key text, body jsonb) returns bigint language sql as $$
    insert into sms.intake (run, key, body) values (run, key, body) returning id
  $$]],

  -- What the counts of a budget get back for a row that was not sent.
  [[create or replace function sms.give_back(of_lane bigint, parts int, price numeric) returns void language sql as $$
    update sms.limits l set used_messages = greatest(0, used_messages - 1), used_segments = greatest(0, used_segments - coalesce(parts, 1)),
        used_cost = greatest(0, used_cost - coalesce(price, 0))
      where l.route = (select route from sms.lane where id = of_lane) and coalesce(cap_messages, cap_segments, cap_cost) is not null;
    update sms.run r set used_messages = greatest(0, used_messages - 1), used_segments = greatest(0, used_segments - coalesce(parts, 1)),
        used_cost = greatest(0, used_cost - coalesce(price, 0))
      where r.id = (select run_id from sms.lane where id = of_lane) and coalesce(cap_messages, cap_segments, cap_cost) is not null;
  $$]],

  -- A delivery status joins its row: rank and time never go backwards; a report proves that the provider took the message.
  [[create or replace function sms.join_event(m bigint, prov text, pid text, st text, rank int, happened timestamptz) returns void
    language sql as $$
    update sms.message set
        state = case when state <> 'cancelled' and attempt > 0 then 'accepted' else state end,
        reason = case when state not in ('cancelled', 'accepted') and attempt > 0 then 'report' else reason end,
        settled_at = coalesce(settled_at, now()), worker_id = null, provider = coalesce(provider, prov),
        provider_id = coalesce(provider_id, pid),
        status = case when rank > status_rank or rank = status_rank and happened > coalesce(status_at, '-infinity') then st else status end,
        status_at = case when rank > status_rank or rank = status_rank and happened > coalesce(status_at, '-infinity') then happened
          else status_at end,
        status_rank = greatest(status_rank, rank)
      where id = m;
  $$]],

  -- One row after the other by primary key. A result is [id, attempt, state, provider, provider_id, reason, error, delay_ms, cost,
  -- segments]. Gives the ids whose attempt is over.
  [[create or replace function sms.settle(results json) returns setof bigint language plpgsql ]] .. PLANS .. [[ as $$
  declare v json; r record; e record;
  begin
    for v in select json_array_elements(results) loop
      update sms.message set state = v->>2, provider = coalesce(v->>3, provider), provider_id = coalesce(v->>4, provider_id),
          reason = v->>5, error = v->>6, cost = coalesce((v->>8)::numeric, cost), segments = coalesce((v->>9)::smallint, segments),
          due_at = case when v->>2 = 'ready' then now() + coalesce((v->>7)::double precision, 0) * interval '1 ms' else due_at end,
          settled_at = now(), worker_id = null
        where id = (v->>0)::bigint and attempt = (v->>1)::int and (state in ('sending', 'unknown')
          or state = 'accepted' and v->>2 = 'accepted' and provider_id is null
          or state in ('not_sent', 'ready') and v->>2 = 'accepted')
        returning lane_id, message.segments, message.cost into r;
      if not found then
        perform 1 from sms.message where id = (v->>0)::bigint and attempt = (v->>1)::int and state = v->>2;
        if not found then return next (v->>0)::bigint; end if;
      elsif v->>2 in ('not_sent', 'ready') then
        perform sms.give_back(r.lane_id, r.segments, r.cost);
      elsif v->>4 is not null then
        for e in select key, provider, status, at, (body->>'rank')::int as rank from sms.event
            where provider_id = v->>4 and message_id is null and kind = 'delivery' loop
          update sms.event set message_id = (v->>0)::bigint where key = e.key;
          perform sms.join_event((v->>0)::bigint, e.provider, v->>4, e.status, e.rank, e.at);
        end loop;
      end if;
    end loop;
  end $$]],

  -- How many rows of at most `want` a route may send now. The caller holds the row of the route.
  [[create or replace function sms.tokens(r text, want int) returns int language plpgsql as $$
  declare l sms.limits; passed double precision; rate double precision; have double precision; n int;
  begin
    select * into l from sms.limits where route = r for update;
    if not found then return want; end if;
    if l.not_before > now() then return 0; end if;
    if l.per_second is null then return want; end if;
    passed := greatest(0, extract(epoch from clock_timestamp() - l.filled_at));
    rate := least(l.per_second, coalesce(l.current, l.per_second) + passed * l.per_second / 60);
    have := least(greatest(l.burst, l.per_second / 4), l.tokens + passed * rate);
    n := least(want, floor(have)::int);
    update sms.limits set tokens = have - n, filled_at = clock_timestamp(), current = case when rate < per_second then rate end where
      route = r;
    return n;
  end $$]],

  -- What is left of the budgets of a lane: messages, segments, cost. A null is no limit. Begins the next period where one is over.
  [[create or replace function sms.budget(r text, of_run bigint, out messages bigint, out parts bigint, out price numeric)
    language plpgsql as $$
  begin
    update sms.limits set used_messages = 0, used_segments = 0, used_cost = 0,
        period_at = period_at + floor(extract(epoch from now() - period_at) * 1000 / period) * period * interval '1 ms'
      where route = r and period is not null and now() >= period_at + period * interval '1 ms';
    select least(l.cap_messages - l.used_messages, u.cap_messages - u.used_messages),
           least(l.cap_segments - l.used_segments, u.cap_segments - u.used_segments),
           least(l.cap_cost - l.used_cost, u.cap_cost - u.used_cost)
      into messages, parts, price
      from sms.run u left join sms.limits l on l.route = r where u.id = of_run;
  end $$]],

  -- A lane gave nothing since its next row is more than the budget holds: its run pauses, its route until the next period.
  [[create or replace function sms.stop_spent(r text, of_run bigint, of_lane bigint) returns void language plpgsql ]] .. PLANS .. [[ as $$
  declare m record;
  begin
    select coalesce(segments, 1) as parts, coalesce(cost, 0) as price into m from sms.message
      where lane_id = of_lane and state = 'ready' and due_at <= now() order by due_at, id limit 1;
    if not found then return; end if;
    update sms.run set state = 'paused', reason = 'budget' where id = of_run and (used_messages + 1 > cap_messages
      or used_segments + m.parts > cap_segments or used_cost + m.price > cap_cost);
    update sms.limits set not_before = coalesce(period_at + period * interval '1 ms', '9999-01-01'), reason = 'budget'
      where route = r and (used_messages + 1 > cap_messages or used_segments + m.parts > cap_segments or used_cost + m.price > cap_cost);
  end $$]],

  -- Claims and marks up to `granted` rows of a lane. Rows that expired or whose recipient opted out are settled at once.
  [[create or replace function sms.claim(me bigint, l bigint, from_sender text, granted int, parts bigint, price numeric,
      after_due timestamptz, after_id bigint) returns setof sms.message language sql ]] .. PLANS .. [[ as $$
    with locked as (
      select id, due_at, coalesce(segments, 1) as segments, coalesce(cost, 0) as cost,
          exists (select from sms.optout o where o.number = p.recipient and o.sender in ('', from_sender)) as out
        from sms.message p where lane_id = l and state = 'ready' and due_at <= now() and (due_at, id) > (after_due, after_id)
        order by due_at, id limit granted for update skip locked),
    pick as (
      select id, out from (select id, out, sum(segments) over w as segments, sum(cost) over w as cost from locked
        window w as (order by due_at, id)) s
        where (parts is null or segments <= parts) and (price is null or cost <= price))
    update sms.message m set
        state = case when pick.out or m.expires_at < now() then 'not_sent' else 'sending' end,
        reason = case when pick.out then 'optout' when m.expires_at < now() then 'expired' end,
        settled_at = case when pick.out or m.expires_at < now() then now() end,
        worker_id = case when pick.out or m.expires_at < now() then null else me end,
        attempt = m.attempt + 1, marked_at = now()
      from pick where m.id = pick.id returning m.*
  $$]],

  -- One call, one commit: settles what came back, beats the heart, claims and marks the next rows.
  [[create or replace function sms.exchange(me bigint, results json, opt json)
    returns table (kind text, id text, attempt text, lane text, reference text, recipient text, body text, due text, segments text)
    language plpgsql ]] .. PLANS .. [[ as $$
  #variable_conflict use_column
  declare late bigint; l record; b record; granted int; asked int := (opt->>'want')::int; got int; taken int; n bigint;
    routes text[] := array(select json_array_elements_text(opt->'routes')); cursor json; capped boolean;
    messages bigint; parts bigint; price numeric;
  begin
    perform 1 from sms.limits where route = any(routes) order by route for update;
    if results is not null then
      for late in select * from sms.settle(results) loop
        return query select 'late', late::text, null, null, null, null, null, null, null;
      end loop;
    end if;
    update sms.worker w set alive_until = now() + (opt->>'lease')::double precision * interval '1 ms'
      where w.id = me and w.alive_until > now() and w.ended_at is null;
    if not found then
      return query select 'dead', null, null, null, null, null, null, null, null;
      return;
    end if;
    for l in select la.id, la.route, la.run_id, la.sender, coalesce(r.cap_messages, r.cap_segments, r.cap_cost) is not null as capped
        from sms.lane la join sms.run r on r.id = la.run_id
        where r.state = 'active' and la.route = any(routes)
          and (opt->'runs' is null or r.name in (select json_array_elements_text(opt->'runs')))
          and (la.guarded = 0 or la.id::text in (select json_array_elements_text(opt->'open')))
        order by r.priority, random() loop
      exit when asked <= 0;
      granted := sms.tokens(l.route, asked);
      continue when granted <= 0;
      capped := l.capped or exists (select from sms.limits where route = l.route and coalesce(cap_messages, cap_segments, cap_cost) is not
        null);
      messages := null; parts := null; price := null;
      if capped then
        if l.capped then perform 1 from sms.run where id = l.run_id for update; end if;
        select * into b from sms.budget(l.route, l.run_id);
        parts := b.parts; price := b.price; messages := b.messages;
      end if;
      cursor := opt->'cursors'->(l.id::text);
      got := 0; taken := 0; n := 0;
      for b in select * from sms.claim(me, l.id, l.sender, greatest(0, least(granted, messages))::int, parts, price,
          coalesce((cursor->>0)::timestamptz, '-infinity'), coalesce((cursor->>1)::bigint, 0)) loop
        got := got + 1;
        if b.state = 'sending' then taken := taken + 1; n := n + coalesce(b.segments, 1); price := coalesce(b.cost, 0); end if;
        if capped and b.state = 'sending' then
          update sms.limits set used_messages = used_messages + 1, used_segments = used_segments + coalesce(b.segments, 1),
            used_cost = used_cost + price where route = l.route and coalesce(cap_messages, cap_segments, cap_cost) is not null;
          update sms.run set used_messages = used_messages + 1, used_segments = used_segments + coalesce(b.segments, 1),
            used_cost = used_cost + price where id = l.run_id and l.capped;
        end if;
        return query select b.state, b.id::text, b.attempt::text, l.id::text, b.reference, b.recipient, b.body::text, b.due_at::text,
          b.segments::text;
      end loop;
      if capped and got = 0 then perform sms.stop_spent(l.route, l.run_id, l.id); end if;
      if taken < granted then
        update sms.limits set tokens = tokens + granted - taken where route = l.route and per_second is not null;
      end if;
      asked := asked - taken;
    end loop;
  end $$]],

  -- Rows of workers whose lease is over: nobody knows what became of them. Gives how many.
  [[create or replace function sms.rescue(of_worker bigint) returns bigint language plpgsql ]] .. PLANS .. [[ as $$
  declare w record; n bigint := 0; k bigint;
  begin
    for w in select id from sms.worker where ended_at is null and (alive_until < now() or id = of_worker) order by id for update skip
      locked loop
      update sms.message set state = 'unknown', reason = 'worker died', worker_id = null, settled_at = now()
        where worker_id = w.id and state = 'sending';
      get diagnostics k = row_count;
      n := n + k;
      update sms.worker set ended_at = now() where id = w.id;
    end loop;
    return n;
  end $$]],
}

return functions

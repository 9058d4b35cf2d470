-- SPDX-License-Identifier: MIT
-- Functions of an outbox in PostgreSQL, recreated by each migration. They depend on no session state, qualify all names, and disable
-- plans that depend on statistics: settling with stale statistics is fifty times as slow.

local PLANS = "set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off"

-- A statement that waits longer than this for a lock fails; the worker then tries again.
local WAITS = " set lock_timeout = '10s'"

-- A subquery with a limit is an index look-up per row; `exists` may become a hash of the whole table.
local OPTED_OUT = "select 1 from sms.optout o where o.number = m.recipient and o.sender in ('', from_sender) limit 1"

local functions = {
  -- Entry point for other languages, inside the caller's own transaction. Malformed JSON is rejected by the type of `body`.
  [[create or replace function sms.enqueue(run text, key text, body jsonb) returns bigint language sql as $$
    insert into sms.intake (run, key, body) values (run, key, body) returning id
  $$]],

  -- Credits the cost of a row that was not sent back to its budgets.
  [[create or replace function sms.give_back(of_lane bigint, parts int, price numeric) returns void language sql as $$
    update sms.limits l set used_messages = greatest(0, used_messages - 1), used_segments = greatest(0, used_segments - coalesce(parts, 1)),
        used_cost = greatest(0, used_cost - coalesce(price, 0))
      where l.route = (select route from sms.lane where id = of_lane) and coalesce(cap_messages, cap_segments, cap_cost) is not null;
    update sms.run r set used_messages = greatest(0, used_messages - 1), used_segments = greatest(0, used_segments - coalesce(parts, 1)),
        used_cost = greatest(0, used_cost - coalesce(price, 0))
      where r.id = (select run_id from sms.lane where id = of_lane) and coalesce(cap_messages, cap_segments, cap_cost) is not null;
  $$]],

  -- A delivery status joins its row: rank and time never go backwards; a report proves that the provider took the message.
  [[create or replace function sms.join_event(m bigint, prov text, pid text, st text, rank int, happened timestamptz, parts int,
      price numeric) returns void language sql as $$
    update sms.message set
        state = case when state <> 'cancelled' and attempt > 0 then 'accepted' else state end,
        reason = case when state not in ('cancelled', 'accepted') and attempt > 0 then 'report' else reason end,
        settled_at = coalesce(settled_at, now()), worker_id = null, provider = coalesce(provider, prov),
        provider_id = coalesce(provider_id, pid),
        status = case when rank > status_rank or rank = status_rank and happened > coalesce(status_at, '-infinity') then st else status end,
        status_at = case when rank > status_rank or rank = status_rank and happened > coalesce(status_at, '-infinity') then happened
          else status_at end,
        status_rank = greatest(status_rank, rank), segments = coalesce(parts, segments), cost = coalesce(cost, price)
      where id = m;
  $$]],

  -- Settles rows one at a time by primary key. A result is [id, attempt, state, provider, provider_id, reason, error, delay_ms, cost,
  -- segments, call_reference]. Returns the ids of late results, whose attempt had already ended.
  [[create or replace function sms.settle(results jsonb) returns setof bigint language plpgsql ]] .. PLANS .. [[ as $$
  declare v record; r record; e record;
    parked boolean := exists (select from sms.event where message_id is null and provider_id is not null);
  begin
    for v in select (j->>0)::bigint as id, (j->>1)::int as attempt, j->>2 as state, j->>3 as provider, j->>4 as provider_id,
        j->>5 as reason, j->>6 as error, coalesce((j->>7)::double precision, 0) as delay, (j->>8)::numeric as cost,
        (j->>9)::smallint as segments, j->>10 as call_reference
        from jsonb_array_elements(results) j loop
      update sms.message set state = v.state, provider = coalesce(v.provider, provider),
          provider_id = coalesce(v.provider_id, provider_id), reason = v.reason, error = v.error, cost = coalesce(v.cost, cost),
          segments = coalesce(v.segments, segments),
          due_at = case when v.state = 'ready' then now() + v.delay * interval '1 ms' else due_at end,
          settled_at = now(), worker_id = null, call_reference = coalesce(v.call_reference, call_reference)
        where id = v.id and attempt = v.attempt and (state in ('sending', 'unknown')
          or state = 'accepted' and v.state = 'accepted' and provider_id is null
          or state in ('not_sent', 'ready') and v.state = 'accepted')
        returning lane_id, message.segments, message.cost, recipient into r;
      if not found then
        perform 1 from sms.message where id = v.id and attempt = v.attempt and state = v.state;
        if not found then return next v.id; end if;
      elsif v.state in ('not_sent', 'ready') then
        perform sms.give_back(r.lane_id, r.segments, r.cost);
      elsif parked then
        for e in select * from sms.event where provider_id = v.provider_id and message_id is null
            union all select * from sms.event where reference = v.call_reference and message_id is null
              and provider_id is distinct from v.provider_id loop
          continue when e.kind <> 'delivery' or e.provider <> coalesce(v.provider, e.provider) or v.call_reference is not null
            and ltrim(e.body->>'to', '+') is distinct from ltrim(r.recipient, '+');
          update sms.event set message_id = v.id where key = e.key;
          perform sms.join_event(v.id, e.provider, e.provider_id, e.status, (e.body->>'rank')::int, e.at, (e.body->>'parts')::int,
            (e.body->>'price')::numeric);
        end loop;
      end if;
    end loop;
  end $$]],

  -- How many of `want` rows a route may send now. The caller has locked the row of the route.
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

  -- The remaining budget of a lane: messages, segments, cost; null means no limit. Starts the next period if one has ended.
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

  -- The next row of a lane exceeds the budget: pauses its run, or its route until the next period.
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

  -- The next rows of a lane, locked: those that may be sent, and, with a reason, those that may not. Bounded by the budget, if any.
  [[create or replace function sms.pick(l bigint, from_sender text, granted int, parts bigint, price numeric, after_due timestamptz,
      after_id bigint, out ids bigint[], out verdicts text[], out taken bigint, out segments bigint, out cost numeric,
      out last_due timestamptz)
    language plpgsql ]] .. PLANS .. [[ as $$
  begin
    if parts is null and price is null then
      select array_agg(p.id), array_agg(p.verdict), count(*) - count(p.verdict), max(p.due_at) into ids, verdicts, taken, last_due
        from (select id, due_at, case when (]] .. OPTED_OUT .. [[) is not null then 'optout'
            when expires_at < now() then 'expired' end as verdict
          from sms.message m where lane_id = l and state = 'ready' and due_at <= now() and (due_at, id) > (after_due, after_id)
          order by due_at, id limit granted for update skip locked) p;
    else
      select array_agg(s.id), array_agg(s.verdict), count(*) - count(s.verdict), max(s.due_at), sum(s.segments), sum(s.cost)
        into ids, verdicts, taken, last_due, segments, cost
        from (select p.*, sum(p.segments) over w as all_segments, sum(p.cost) over w as all_cost
          from (select id, due_at, verdict, case when verdict is null then coalesce(k.segments, 1) else 0 end as segments,
              case when verdict is null then coalesce(k.cost, 0) else 0 end as cost
            from (select id, due_at, m.segments, m.cost, case when (]] .. OPTED_OUT .. [[) is not null
                then 'optout' when expires_at < now() then 'expired' end as verdict
              from sms.message m where lane_id = l and state = 'ready' and due_at <= now() and (due_at, id) > (after_due, after_id)
              order by due_at, id limit granted for update skip locked) k) p
          window w as (order by p.due_at, p.id)) s
        where (parts is null or s.all_segments <= parts) and (price is null or s.all_cost <= price);
    end if;
  end $$]],

  -- Charges claimed rows to the budgets of a route and a run.
  [[create or replace function sms.spend(r text, of_run bigint, messages bigint, parts bigint, price numeric) returns void
    language sql as $$
    update sms.limits set used_messages = used_messages + messages, used_segments = used_segments + parts, used_cost = used_cost + price
      where route = r and coalesce(cap_messages, cap_segments, cap_cost) is not null;
    update sms.run set used_messages = used_messages + messages, used_segments = used_segments + parts, used_cost = used_cost + price
      where id = of_run and coalesce(cap_messages, cap_segments, cap_cost) is not null;
  $$]],

  -- One call, one commit: settles results, renews the lease, claims and marks the next rows. A row of kind `cursor` tells
  -- how far a lane was scanned.
  [[create or replace function sms.exchange(me bigint, results jsonb, opt jsonb)
    returns table (kind text, id text, attempt text, lane text, reference text, recipient text, body text, segments smallint)
    language plpgsql ]] .. PLANS .. WAITS .. [[ as $$
  #variable_conflict use_column
  declare late bigint; l record; b record; p record; granted int; asked int := (opt->>'want')::int; cursor jsonb;
    routes text[] := array(select jsonb_array_elements_text(opt->'routes'));
    runs text[] := case when opt->'runs' is not null then array(select jsonb_array_elements_text(opt->'runs')) end;
    open bigint[] := array(select jsonb_array_elements_text(opt->'open')::bigint);
  begin
    -- A worker that is suspended before its commit holds its locks no longer than its lease.
    perform set_config('idle_in_transaction_session_timeout', opt->>'lease', true);
    perform 1 from sms.limits where route = any(routes) order by route for update;
    if results is not null then
      for late in select * from sms.settle(results) loop
        return query select 'late', late::text, null, null, null, null, null, null::smallint;
      end loop;
    end if;
    update sms.worker w set alive_until = now() + (opt->>'lease')::double precision * interval '1 ms'
      where w.id = me and w.alive_until > now() and w.ended_at is null;
    if not found then
      return query select 'dead', null, null, null, null, null, null, null::smallint;
      return;
    end if;
    if asked <= 0 then return; end if;
    for l in select la.id, la.route, la.run_id, la.sender, li.route is not null as limited,
          coalesce(r.cap_messages, r.cap_segments, r.cap_cost) is not null as run_capped,
          coalesce(li.cap_messages, li.cap_segments, li.cap_cost) is not null as route_capped
        from sms.lane la join sms.run r on r.id = la.run_id left join sms.limits li on li.route = la.route
        where r.state = 'active' and la.route = any(routes) and (runs is null or r.name = any(runs))
          and (la.guarded = 0 or la.id = any(open))
        order by r.priority, random() loop
      exit when asked <= 0;
      granted := case when l.limited then sms.tokens(l.route, asked) else asked end;
      continue when granted <= 0;
      if l.run_capped or l.route_capped then
        if l.run_capped then perform 1 from sms.run where id = l.run_id for update; end if;
        select * into b from sms.budget(l.route, l.run_id);
        select * into p from sms.pick(l.id, l.sender, greatest(0, least(granted, b.messages))::int,
          coalesce(b.parts, 9223372036854775807), b.price, '-infinity', 0);
        if p.taken > 0 then perform sms.spend(l.route, l.run_id, p.taken, p.segments, p.cost); end if;
        if p.ids is null then perform sms.stop_spent(l.route, l.run_id, l.id); end if;
      else
        cursor := opt->'cursors'->(l.id::text);
        select * into p from sms.pick(l.id, l.sender, granted, null, null, coalesce((cursor->>0)::timestamptz, '-infinity'),
          coalesce((cursor->>1)::bigint, 0));
      end if;
      if p.ids is not null then
        return query update sms.message m set
            state = case when k.verdict is null then 'sending' else 'not_sent' end, reason = k.verdict,
            settled_at = case when k.verdict is not null then now() end, worker_id = case when k.verdict is null then me end,
            attempt = m.attempt + 1, marked_at = now()
          from unnest(p.ids, p.verdicts) k (id, verdict) where m.id = k.id
          returning m.state, m.id::text, m.attempt::text, l.id::text, m.reference, m.recipient, m.body::text,
            m.segments;
        return query select 'cursor', p.ids[array_length(p.ids, 1)]::text, null, l.id::text, p.last_due::text, null, null, null::smallint;
      end if;
      if l.limited and p.taken < granted then
        update sms.limits set tokens = tokens + granted - p.taken where route = l.route and per_second is not null;
      end if;
      asked := asked - p.taken;
    end loop;
  end $$]],

  -- Marks rows of workers whose lease has expired as unknown. Returns their number.
  [[create or replace function sms.rescue(of_worker bigint) returns bigint language plpgsql ]] .. PLANS .. WAITS .. [[ as $$
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

/* SPDX-License-Identifier: MIT
** The floor of the outbox in SQLite: the same statements as lua/sms/outbox/exchange.lua on sqlite3 itself, in exchanges of 100 rows.
** outbox_sqlite FILE COUNT; the tables are those of the outbox, filled by bench/outbox.lua. Prints `cpu` (seconds) and `rows`. */
#define _POSIX_C_SOURCE 200809L
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 100

static sqlite3 *db;
static struct {
  sqlite3_int64 id, attempt;
} held[BATCH];

static void must(int ok, const char *what) {
  if (ok) return;
  fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
  exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *s = NULL;
  must(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) == SQLITE_OK, sql);
  return s;
}

static void step(sqlite3_stmt *s) {
  while (sqlite3_step(s) == SQLITE_ROW) continue;
  must(sqlite3_reset(s) == SQLITE_OK, "step");
}

static sqlite3_stmt *begin, *commit, *settle, *beat, *lanes, *pick, *mark;

static void open_all(const char *path) {
  must(sqlite3_open(path, &db) == SQLITE_OK, "open");
  sqlite3_exec(db, "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 10000", NULL, NULL, NULL);
  begin = prepare("begin immediate");
  commit = prepare("commit");
  settle = prepare("update message set state = ?, provider = coalesce(?, provider), provider_id = coalesce(?, provider_id), reason = ?,"
                   " error = ?, due_at = coalesce(?, due_at), cost = coalesce(?, cost), segments = coalesce(?, segments),"
                   " settled_at = ?, worker_id = null where id = ? and attempt = ? and (state in ('sending', 'unknown')"
                   " or state = 'accepted' and ? = 'accepted' and provider_id is null"
                   " or state in ('not_sent', 'ready') and ? = 'accepted')");
  beat = prepare("update worker set alive_until = ? where id = ? and alive_until > ? and ended_at is null");
  lanes = prepare("select la.id from run r join lane la on la.run_id = r.id where r.state = 'active' order by r.priority, random()");
  pick = prepare("select id, attempt, reference, recipient, body, segments, cost,"
                 " case when exists (select 1 from optout o where o.number = recipient and o.sender in ('', '')) then 'optout'"
                 " when expires_at < ?1 then 'expired' end from message"
                 " where lane_id = ?2 and state = 'ready' and due_at <= ?1 order by due_at, id limit ?3");
  mark = prepare("update message set state = 'sending', attempt = attempt + 1, worker_id = 1, marked_at = ?"
                 " where id in (select value from json_each(?))");
}

static sqlite3_int64 now_ms(void) {
  struct timespec ts;
  clock_gettime(CLOCK_REALTIME, &ts);
  return (sqlite3_int64)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void settle_one(int i, sqlite3_int64 now) {
  char id[32];
  snprintf(id, sizeof id, "m%lld", held[i].id);
  sqlite3_bind_text(settle, 1, "accepted", -1, SQLITE_STATIC);
  sqlite3_bind_text(settle, 2, "zoomconnect", -1, SQLITE_STATIC);
  sqlite3_bind_text(settle, 3, id, -1, SQLITE_STATIC);
  sqlite3_bind_int64(settle, 9, now);
  sqlite3_bind_int64(settle, 10, held[i].id);
  sqlite3_bind_int64(settle, 11, held[i].attempt);
  sqlite3_bind_text(settle, 12, "accepted", -1, SQLITE_STATIC);
  sqlite3_bind_text(settle, 13, "accepted", -1, SQLITE_STATIC);
  step(settle);
}

/* Copies what a caller would read, so that the work is the same. */
static int claim(sqlite3_int64 lane, int want, sqlite3_int64 now) {
  static char ids[BATCH * 24], text[4096];
  size_t len = 0;
  int n = 0;
  sqlite3_bind_int64(pick, 1, now);
  sqlite3_bind_int64(pick, 2, lane);
  sqlite3_bind_int(pick, 3, want);
  while (sqlite3_step(pick) == SQLITE_ROW) {
    held[n].id = sqlite3_column_int64(pick, 0);
    held[n].attempt = sqlite3_column_int64(pick, 1) + 1;
    snprintf(text, sizeof text, "%s%s%s", sqlite3_column_text(pick, 2), sqlite3_column_text(pick, 3), sqlite3_column_text(pick, 4));
    len += (size_t)snprintf(ids + len, sizeof ids - len, "%c%lld", n ? ',' : '[', held[n].id);
    n++;
  }
  sqlite3_reset(pick);
  if (n == 0) return 0;
  snprintf(ids + len, sizeof ids - len, "]");
  sqlite3_bind_int64(mark, 1, now);
  sqlite3_bind_text(mark, 2, ids, -1, SQLITE_STATIC);
  step(mark);
  return n;
}

int main(int argc, char **argv) {
  int n = 0, count = argc > 2 ? atoi(argv[2]) : 0, total = 0, i;
  clock_t from;
  must(argc > 2, "usage: outbox_sqlite FILE COUNT");
  open_all(argv[1]);
  sqlite3_exec(db, "insert into worker (id, host, pid, since, alive_until) values (1, 'c', 1, 0, 9e15)", NULL, NULL, NULL);
  from = clock();
  do {
    sqlite3_int64 now = now_ms(), lane = 0;
    int want = count - total < BATCH ? count - total : BATCH;
    step(begin);
    for (i = 0; i < n; i++) settle_one(i, now);
    sqlite3_bind_int64(beat, 1, now + 60000);
    sqlite3_bind_int64(beat, 2, 1);
    sqlite3_bind_int64(beat, 3, now);
    step(beat);
    for (n = 0; sqlite3_step(lanes) == SQLITE_ROW && n == 0 && want > 0;) {
      lane = sqlite3_column_int64(lanes, 0);
      n = claim(lane, want, now);
    }
    sqlite3_reset(lanes);
    step(commit);
    total += n;
  } while (n > 0);
  printf("cpu %.6f\nrows %d\n", (double)(clock() - from) / CLOCKS_PER_SEC, total);
  return total == count ? 0 : 1;
}

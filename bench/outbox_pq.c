/* SPDX-License-Identifier: MIT
** The floor of the outbox in PostgreSQL: the same calls of sms.exchange on libpq itself, 100 rows each. outbox_pq URI COUNT; the tables
** are those of the outbox, filled by bench/outbox.lua. Prints `cpu` (seconds of this process), `server` (of the database server),
** `wall` and `rows`. */
#define _POSIX_C_SOURCE 200809L
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 100

static PGconn *db;

static PGresult *checked(PGresult *r) {
  if (PQresultStatus(r) == PGRES_TUPLES_OK || PQresultStatus(r) == PGRES_COMMAND_OK) return r;
  fprintf(stderr, "%s\n", PQerrorMessage(db));
  exit(1);
}

static double wall(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Seconds of CPU that the server spent on this connection, where it is one of this machine. */
static double server_cpu(void) {
  char path[64], text[1024], *at;
  unsigned long user = 0, system = 0;
  FILE *file;
  size_t n;
  snprintf(path, sizeof path, "/proc/%d/stat", PQbackendPID(db));
  file = fopen(path, "r");
  if (!file) return 0;
  n = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[n] = 0;
  at = strchr(text, ')');
  if (!at || sscanf(at + 2, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lu %lu", &user, &system) != 2) return 0;
  return (double)(user + system) / 100;
}

/* The rows of the last call; the row behind them says how far their lane was checked. */
static int row_count(const PGresult *r) {
  int n = r ? PQntuples(r) : 0;
  return n > 0 ? n - 1 : 0;
}

/* The results of these rows, as the outbox writes them. */
static void write_results(const PGresult *r, char *out, size_t size) {
  size_t len = 0;
  int i, n = row_count(r);
  for (i = 0; i < n; i++)
    len += (size_t)snprintf(out + len, size - len, "%c[%s,%s,\"accepted\",\"zoomconnect\",\"m%s\",null,null,null,null,1]", i ? ',' : '[',
                            PQgetvalue(r, i, 1), PQgetvalue(r, i, 2), PQgetvalue(r, i, 1));
  snprintf(out + len, size - len, "]");
}

int main(int argc, char **argv) {
  static char results[BATCH * 128], options[256], me[32];
  PGresult *rows = NULL, *r;
  int n, count, total = 0;
  double from, server;
  clock_t began;
  if (argc < 3) return 2;
  count = atoi(argv[2]);
  db = PQconnectdb(argv[1]);
  r = checked(PQexec(db, "insert into sms.worker (host, pid, alive_until) values ('c', 1, now() + interval '1 h') returning id"));
  snprintf(me, sizeof me, "%s", PQgetvalue(r, 0, 0));
  PQclear(r);
  PQclear(checked(PQprepare(db, "x", "select kind, id, attempt, lane, reference, recipient, body, segments"
                                     " from sms.exchange(cast($1 as bigint), cast($2 as jsonb), cast($3 as jsonb))", 3, NULL)));
  from = wall();
  server = server_cpu();
  began = clock();
  do {
    const char *values[3];
    char cursors[96] = "{}";
    int want = count - total < BATCH ? count - total : BATCH;
    n = row_count(rows);
    values[0] = me;
    if (n > 0) write_results(rows, results, sizeof results);
    values[1] = n > 0 ? results : NULL;
    if (n == BATCH)
      snprintf(cursors, sizeof cursors, "{\"%s\":[\"%s\",%s]}", PQgetvalue(rows, n, 3), PQgetvalue(rows, n, 4), PQgetvalue(rows, n, 1));
    snprintf(options, sizeof options, "{\"want\":%d,\"lease\":60000,\"routes\":[\"zc\"],\"open\":[],\"cursors\":%s}", want, cursors);
    values[2] = options;
    if (rows) PQclear(rows);
    rows = checked(PQexecPrepared(db, "x", 3, values, NULL, NULL, 0));
    n = row_count(rows);
    total += n;
  } while (n > 0);
  printf("cpu %.6f\nserver %.6f\nwall %.6f\nrows %d\n", (double)(clock() - began) / CLOCKS_PER_SEC, server_cpu() - server,
         wall() - from, total);
  PQfinish(db);
  return total == count ? 0 : 1;
}

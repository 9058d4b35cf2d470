/* SPDX-License-Identifier: MIT
** The multi handle and what is in flight on it. Connections are kept and shared here; one whose transfer failed is
** not reused. */
#include "http.h"

#define IDLE_CONNECTIONS 256L /* kept open for later requests */
#define GRACE 0.02            /* seconds */

#if LIBCURL_VERSION_NUM < 0x081400 /* the library at run time may be newer */
#define CURLMOPT_QUICK_EXIT ((CURLMoption)21)
#endif

sms_rc sms_pool_open(struct sms_pool *p, long per_host, long total) {
  p->forks = sms_setup();
  p->multi = curl_multi_init();
  if (!p->multi) return SMS_ENOMEM;
  curl_multi_setopt(p->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
  curl_multi_setopt(p->multi, CURLMOPT_MAX_HOST_CONNECTIONS, per_host);
  curl_multi_setopt(p->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, total);
  curl_multi_setopt(p->multi, CURLMOPT_MAXCONNECTS, IDLE_CONNECTIONS);
  curl_multi_setopt(p->multi, CURLMOPT_QUICK_EXIT, 1L); /* like CURLOPT_QUICK_EXIT; unknown to libcurl before 8.20 */
  return SMS_OK;
}

/* ---- transfers in flight ---- */

static void list_add(struct sms_pool *p, struct sms_transfer *t) {
  t->pool = p;
  t->prev = NULL;
  t->next = p->running;
  if (t->next) t->next->prev = t;
  p->running = t;
  p->count++;
}

static void list_remove(struct sms_transfer *t) {
  struct sms_pool *p = t->pool;
  if (t->prev) t->prev->next = t->next;
  else p->running = t->next;
  if (t->next) t->next->prev = t->prev;
  t->prev = t->next = NULL;
  t->pool = NULL;
  p->count--;
}

/* Its deadline plus a little, so that libcurl reports the time-out itself. */
static double overdue(const struct sms_transfer *t) { return t->began + (double)t->timeout_ms / 1e3 + GRACE; }

static void advance_overdue(struct sms_pool *p, const struct sms_transfer *t) {
  double at = overdue(t);
  if (p->overdue <= 0 || at < p->overdue) p->overdue = at;
}

sms_rc sms_pool_start(struct sms_pool *p, struct sms_transfer *t) {
  sms_rc rc = sms_pool_check(p);
  if (rc) return rc;
  t->began = sms_now();
  if (t->timeout_ms) advance_overdue(p, t);
  if (t->handle->pool != p) sms_connections_watch(p, t->handle);
  if (curl_multi_add_handle(p->multi, t->handle->easy)) return SMS_ENOMEM;
  list_add(p, t);
  return SMS_OK;
}

/* ---- restarting a request ---- */

/* Whether it ended before a response began and may be repeated. libcurl 8.2 does not repeat requests that a server refused with
** GOAWAY. */
static int is_lost(const struct sms_transfer *t, CURLcode code) {
  int broken = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_HTTP2;
  return broken && t->attempts > 0 && !t->verdict && !t->head_bytes && sms_transfer_may_repeat(t);
}

static long time_left(const struct sms_transfer *t) {
  long left = t->timeout_ms - (long)((sms_now() - t->began) * 1e3);
  return left > 1 ? left : 1;
}

/* The restart goes over HTTP/1.1 after a lost stream, where TLS offers the choice; otherwise on a fresh connection. */
static void choose_route(struct sms_transfer *t) {
  if (t->restart == SMS_RESTART_LOST && t->endpoint->secure) {
    sms_handle_version(t->handle, CURL_HTTP_VERSION_1_1);
    t->http1 = 1;
  } else {
    curl_easy_setopt(t->handle->easy, CURLOPT_FRESH_CONNECT, 1L);
    t->fresh = 1;
  }
}

/* It has the remaining time. */
static sms_rc restart(struct sms_pool *p, struct sms_transfer *t) {
  struct sms_handle *h = t->handle;
  sms_connections_leave(p, t->connection, SMS_PROTOCOL_UNKNOWN, 1);
  t->connection = 0;
  curl_multi_remove_handle(p->multi, h->easy);
  choose_route(t);
  curl_easy_setopt(h->easy, CURLOPT_FORBID_REUSE, 0L);
  t->repeated = t->restart == SMS_RESTART_LOST;
  t->attempts_before = t->attempts;
  t->restart = SMS_RESTART_NONE;
  if (t->timeout_ms) h->timeout_ms = time_left(t);
  curl_easy_setopt(h->easy, CURLOPT_TIMEOUT_MS, h->timeout_ms);
  return curl_multi_add_handle(p->multi, h->easy) ? SMS_ENOMEM : SMS_OK;
}

/* ---- finishing ---- */

static void end(struct sms_transfer *t, sms_rc verdict, CURLcode code) {
  struct sms_pool *p = t->pool;
  curl_multi_remove_handle(p->multi, t->handle->easy);
  list_remove(t);
  sms_transfer_finish(t, verdict, code);
}

/* Records what the response reveals about the connection opened for it. */
static enum sms_protocol protocol_of(const struct sms_transfer *t) {
  long http = 0;
  curl_easy_getinfo(t->handle->easy, CURLINFO_HTTP_VERSION, &http);
  if (http >= CURL_HTTP_VERSION_2_0) t->endpoint->speaks_http2 = 1;
  return http >= CURL_HTTP_VERSION_2_0 ? SMS_HTTP_2 : http ? SMS_HTTP_1 : SMS_PROTOCOL_UNKNOWN;
}

/* libcurl has finished it. A failed HTTP/1 connection is closed by now, an HTTP/2 connection is not. */
static void conclude(struct sms_transfer *t, CURLcode code) {
  sms_connections_leave(t->pool, t->connection, !code && t->opened ? protocol_of(t) : SMS_PROTOCOL_UNKNOWN, code != 0);
  if (t->watched) sms_pool_mark_ready(t);
  end(t, code ? SMS_ECURL : SMS_OK, code);
}

/* Forbidding reuse makes libcurl close the connection, unless another stream is on it. */
static void stop(struct sms_transfer *t, sms_rc why) {
  sms_connections_leave(t->pool, t->connection, SMS_PROTOCOL_UNKNOWN, 1);
  curl_easy_setopt(t->handle->easy, CURLOPT_FORBID_REUSE, 1L);
  end(t, why, CURLE_OK);
}

/* libcurl 7.88 ignores the time-out of transfers that wait for a connection held or being made by another. */
static void end_overdue(struct sms_pool *p) {
  double now = sms_now();
  struct sms_transfer *t, *next;
  if (now < p->overdue) return;
  p->overdue = 0;
  for (t = p->running; t; t = next) {
    next = t->next;
    if (!t->timeout_ms || t->attempts > t->attempts_before) continue;
    if (now < overdue(t)) {
      advance_overdue(p, t);
      continue;
    }
    if (t->watched) sms_pool_mark_ready(t);
    stop(t, SMS_ETIMEOUT);
  }
}

void sms_pool_harvest(struct sms_pool *p) {
  CURLMsg *msg;
  int left;
  while ((msg = curl_multi_info_read(p->multi, &left)) != NULL) {
    CURLcode code = msg->data.result;
    struct sms_handle *handle = NULL;
    struct sms_transfer *t;
    if (msg->msg != CURLMSG_DONE) continue;
    curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&handle);
    t = handle->transfer;
    if (!t->restart && is_lost(t, code)) t->restart = SMS_RESTART_LOST;
    if (t->restart && restart(p, t) == SMS_OK) continue;
    conclude(t, code);
  }
  if (sms_pool_queues(p)) end_overdue(p);
}

/* ---- stepping ---- */

static sms_rc act(struct sms_pool *p) {
  int running;
  sms_rc rc = SMS_OK;
  if (p->sockets.on) rc = sms_sockets_expired(p);
  else if (curl_multi_perform(p->multi, &running)) rc = SMS_ECURL;
  sms_pool_harvest(p);
  return rc;
}

static sms_rc rest(struct sms_pool *p, int wait_ms) {
  if (p->sockets.on) return sms_sockets_rest(p, wait_ms);
  return curl_multi_poll(p->multi, NULL, 0, wait_ms, NULL) ? SMS_ECURL : SMS_OK;
}

sms_rc sms_pool_step(struct sms_pool *p, int wait_ms, int *running) {
  sms_rc rc = sms_pool_check(p);
  if (!rc) rc = rest(p, wait_ms);
  if (!rc) rc = act(p);
  *running = rc ? 0 : p->count;
  return rc;
}

sms_rc sms_pool_wait(struct sms_pool *p, const struct sms_transfer *t, int wait_ms) {
  double deadline = sms_now() + wait_ms / 1e3;
  sms_rc rc = sms_pool_check(p);
  int left = wait_ms;
  while (!rc && !t->done) {
    rc = act(p);
    if (rc || t->done || t->ready || left <= 0) break;
    rc = rest(p, left);
    left = (int)((deadline - sms_now()) * 1e3);
  }
  return rc;
}

void sms_pool_stop(struct sms_transfer *t, sms_rc why) {
  if (!t->pool) return;
  sms_pool_unmark_ready(t);
  if (sms_pool_check(t->pool) == SMS_OK) {
    stop(t, why);
    return;
  }
  list_remove(t);
  sms_transfer_finish(t, SMS_EFORKED, CURLE_OK);
}

/* A forked process leaves the parent's multi handle alone: closing it would send close_notify on shared TLS connections. */
void sms_pool_close(struct sms_pool *p) {
  if (!p->multi) return;
  while (p->running) sms_pool_stop(p->running, SMS_ECLOSED);
  while (sms_pool_next_ready(p)) continue;
  if (sms_pool_check(p) == SMS_OK) curl_multi_cleanup(p->multi);
  p->multi = NULL;
  if (!p->sockets.registered) sms_sockets_free(p);
}

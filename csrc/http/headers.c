/* SPDX-License-Identifier: MIT
** Header lists for libcurl whose tails are shared, so that a request adds its own lines without copying the rest. */
#include "http.h"

#include <string.h>

sms_rc sms_headers_push(struct curl_slist **head, const char *line) {
  struct curl_slist *node = curl_slist_append(NULL, line);
  if (!node) return SMS_ENOMEM;
  node->next = *head;
  *head = node;
  return SMS_OK;
}

/* The length of the body determines where a request ends; contradicting headers would allow request smuggling. */
static int is_framing(struct sms_str name) {
  return sms_word_same(name.ptr, name.len, "content-length") || sms_word_same(name.ptr, name.len, "transfer-encoding");
}

sms_rc sms_headers_add(struct curl_slist **head, struct sms_str name, struct sms_str value) {
  struct sms_buf line;
  sms_rc rc;
  if (!sms_is_token(name) || !sms_is_line(value) || is_framing(name)) return SMS_EINVALID;
  sms_buf_init_secret(&line, SMS_HEADER_MAX);
  rc = sms_buf_add(&line, name.ptr, name.len);
  if (!rc)
    rc = sms_buf_addz(&line, value.len ? ": " : ";"); /* libcurl: `Name;` sends an empty value, `Name:` nothing */
  if (!rc) rc = sms_buf_add(&line, value.ptr, value.len);
  if (!rc) rc = sms_headers_push(head, line.ptr);
  sms_buf_free(&line);
  return rc;
}

sms_rc sms_headers_add_auth(struct curl_slist **head, const struct sms_auth *a) {
  const struct sms_cred *c;
  sms_rc rc = SMS_OK;
  for (c = a ? a->first : NULL; c && !rc; c = c->next)
    if (sms_auth_in_header(c)) rc = sms_headers_push(head, c->wire.ptr);
  return rc;
}

int sms_headers_have(const struct curl_slist *head, struct sms_str name) {
  for (; head; head = head->next)
    if (strcspn(head->data, ":;") == name.len && curl_strnequal(head->data, name.ptr, name.len)) return 1;
  return 0;
}

void sms_headers_wipe(struct curl_slist *head, const struct curl_slist *stop) {
  while (head && head != stop) {
    struct curl_slist *next = head->next;
    sms_wipe(head->data, strlen(head->data));
    head->next = NULL;
    curl_slist_free_all(head);
    head = next;
  }
}

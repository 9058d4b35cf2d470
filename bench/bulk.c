/* SPDX-License-Identifier: MIT
** The floor of broadcasts: the same bodies in C on cJSON, and the responses read. `bulk JOB COUNT` prints `name value` lines. */
#define _POSIX_C_SOURCE 200809L
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXTS = 500, NUMBERS = 1000 };

static const char *const names[] = {"Thandi", "Pieter", "Ayesha", "Sipho", "Zo\xC3\xAB", "Johan"};
static const char one_text[] = "We open at ten tomorrow; see you then.";
static const char taken[] =
    "{\"statusCode\":2000,\"statusMessage\":\"OK\",\"transferId\":\"0059d2d0ff000fa5b1e0\",\"smsCount\":1000}";

static char shares[TEXTS * 64];
static long sum;

/* The mark of measure.lua. */
__attribute__((noinline)) void warm(void);
__attribute__((noinline)) void warm(void) { __asm__ volatile(""); }

static void write_shares(void) {
  int i, at = snprintf(shares, sizeof shares, "{\"sendSmsResponses\":[");
  for (i = 1; i <= TEXTS; i++)
    at += snprintf(shares + at, sizeof shares - (size_t)at, "%s{\"messageId\":\"58a1f3c0e4b0%04d\",\"error\":null}",
                   i > 1 ? "," : "", i);
  snprintf(shares + at, sizeof shares - (size_t)at, "]}");
}

static void printed(cJSON *object) {
  char *text = cJSON_PrintUnformatted(object);
  sum += (long)strlen(text);
  free(text);
  cJSON_Delete(object);
}

static void personal(int base) {
  cJSON *object = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(object, "sendSmsRequests"), *root, *share;
  int i;
  for (i = base + 1; i <= base + TEXTS; i++) {
    cJSON *row = cJSON_CreateObject();
    char to[16], text[160], reference[32];
    snprintf(to, sizeof to, "+2782%d", 1000000 + i % 9000000);
    snprintf(text, sizeof text, "Dear %s, your order %d is ready at the shop in Long Street; we close at 18:00.",
             names[i % 6], 10000 + i);
    snprintf(reference, sizeof reference, "sms-%016lx", (unsigned long)i * 2654435761u);
    cJSON_AddStringToObject(row, "recipientNumber", to);
    cJSON_AddStringToObject(row, "message", text);
    cJSON_AddStringToObject(row, "dataField", reference);
    cJSON_AddItemToArray(list, row);
  }
  printed(object);
  root = cJSON_Parse(shares);
  cJSON_ArrayForEach(share, cJSON_GetObjectItemCaseSensitive(root, "sendSmsResponses")) sum +=
      (long)strlen(cJSON_GetObjectItemCaseSensitive(share, "messageId")->valuestring);
  cJSON_Delete(root);
}

static void same(int base) {
  cJSON *object = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(object, "recipientAddressList"), *root;
  int i;
  for (i = base + 1; i <= base + NUMBERS; i++) {
    char to[16];
    snprintf(to, sizeof to, "2782%d", 1000000 + i % 9000000);
    cJSON_AddItemToArray(list, cJSON_CreateString(to));
  }
  cJSON_AddStringToObject(object, "messageContent", one_text);
  printed(object);
  root = cJSON_Parse(taken);
  sum += (long)strlen(cJSON_GetObjectItemCaseSensitive(root, "transferId")->valuestring);
  cJSON_Delete(root);
}

int main(int argc, char **argv) {
  int base, count = argc > 2 ? atoi(argv[2]) : 0, texts = argc > 1 && !strcmp(argv[1], "zoomconnect");
  clock_t began;
  write_shares();
  warm();
  began = clock();
  for (base = 0; base < count; base += texts ? TEXTS : NUMBERS) {
    if (texts) personal(base);
    else same(base);
  }
  printf("cpu %.9f\nread %ld\n", (double)(clock() - began) / CLOCKS_PER_SEC, sum);
  return 0;
}

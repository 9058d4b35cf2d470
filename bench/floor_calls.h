/* SPDX-License-Identifier: MIT
** The kinds of call of floor.c: what each asks for, and how its response is read. A part of that file. */

/* ---- bodies ---- */

static char *printed(cJSON *object) {
  char *text = cJSON_PrintUnformatted(object);
  cJSON_Delete(object);
  return text;
}

static char *campaign_body(CURL *easy, int number) {
  cJSON *object = cJSON_CreateObject();
  char name[32];
  (void)easy;
  snprintf(name, sizeof name, "spring %d", number);
  cJSON_AddStringToObject(object, "name", name);
  cJSON_AddStringToObject(object, "start_date", "2020-07-31T14:25:49.614Z");
  return printed(object);
}

static char *single_body(CURL *easy, int number) {
  cJSON *object = cJSON_CreateObject();
  char text[64], to[16], reference[32];
  (void)easy;
  snprintf(text, sizeof text, "Your table is ready, number %d", number);
  snprintf(to, sizeof to, "26058766%d", 10 + number % 90);
  snprintf(reference, sizeof reference, "sms-%016lx", (unsigned long)number * 2654435761u);
  cJSON_AddStringToObject(object, "api_key", KEY);
  cJSON_AddStringToObject(object, "from", "sender");
  cJSON_AddStringToObject(object, "to", to);
  cJSON_AddStringToObject(object, "text", text);
  cJSON_AddStringToObject(object, "client_ref", reference);
  return printed(object);
}

static char *text_body(CURL *easy, int number) {
  cJSON *object = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(object, "recipientAddressList");
  char text[64], to[2][16];
  int i;
  (void)easy;
  snprintf(text, sizeof text, "Your table is ready, number %d", number);
  for (i = 0; i < 2; i++) {
    snprintf(to[i], sizeof to[i], "4367612345%d%d", i, 10 + number % 90);
    cJSON_AddItemToArray(list, cJSON_CreateString(to[i]));
  }
  cJSON_AddStringToObject(object, "messageContent", text);
  return printed(object);
}

static char *contact_body(CURL *easy, int number) {
  static const char *const names[] = {"session", "mobileNumber", "firstName", "lastName", "notes"};
  char mobile[16], notes[32], *text = malloc(512);
  const char *values[] = {KEY, mobile, "Ann", "Brown & Sons", notes};
  size_t i, at = 0;
  if (!text) die("out of memory");
  snprintf(mobile, sizeof mobile, "20612345%02d", 10 + number % 90);
  snprintf(notes, sizeof notes, "table %d", number);
  for (i = 0; i < sizeof names / sizeof *names; i++) {
    char *value = curl_easy_escape(easy, values[i], 0);
    at += (size_t)snprintf(text + at, 512 - at, "%s%s=%s", i ? "&" : "", names[i], value);
    curl_free(value);
  }
  return text;
}

/* ---- answers ---- */

static int add_length(struct job *j, const cJSON *text) {
  if (!cJSON_IsString(text)) return 0;
  j->sum += (long)strlen(text->valuestring);
  return 1;
}

static int read_single(struct job *j, const cJSON *root) {
  return add_length(j, cJSON_GetObjectItemCaseSensitive(root, "message_id"));
}

static int read_campaign(struct job *j, const cJSON *root) {
  const cJSON *id, *name, *code, *result;
  code = cJSON_GetObjectItemCaseSensitive(root, "errorCode");
  result = cJSON_GetObjectItemCaseSensitive(root, "result");
  if (cJSON_IsArray(result)) result = cJSON_GetArrayItem(result, 0);
  id = cJSON_GetObjectItemCaseSensitive(result, "id");
  name = cJSON_GetObjectItemCaseSensitive(result, "name");
  if (!cJSON_IsNumber(code) || code->valueint != 0 || !cJSON_IsNumber(id) || !cJSON_IsString(name)) return 0;
  j->sum += id->valueint + (long)strlen(name->valuestring);
  return 1;
}

static int read_import(struct job *j, const cJSON *root) {
  const cJSON *result = cJSON_GetObjectItemCaseSensitive(root, "result");
  const cJSON *id = cJSON_GetObjectItemCaseSensitive(result, "recipient_list_id");
  if (!cJSON_IsNumber(id)) return 0;
  j->sum += id->valueint;
  return 1;
}

static int read_card(struct job *j, const cJSON *root) {
  if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(root, "success"))) return 0;
  return add_length(j, cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(root, "response"), "id"));
}

static int read_contact(struct job *j, const cJSON *root) {
  return add_length(j, cJSON_GetObjectItemCaseSensitive(root, "contactId"));
}

static int read_text(struct job *j, const cJSON *root) {
  const cJSON *code = cJSON_GetObjectItemCaseSensitive(root, "statusCode");
  if (!cJSON_IsNumber(code) || code->valueint != 2000) return 0;
  return add_length(j, cJSON_GetObjectItemCaseSensitive(root, "transferId"));
}

static int read_answer(struct job *j, CURL *easy, const char *text) {
  long status = 0;
  int good;
  cJSON *root = cJSON_Parse(text);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  good = status == 200 && j->kind->read(j, root);
  cJSON_Delete(root);
  return good;
}

/* ---- kinds of call ---- */

#define APIKEY "apikey: " KEY
#define JSON "Content-Type: application/json"
#define FORM "Content-Type: application/x-www-form-urlencoded"

static const struct kind kinds[] = {
    {"create", NULL, "/api/3/campaign", {APIKEY, JSON}, campaign_body, read_campaign},
    {"timeout", NULL, "/api/3/campaign", {APIKEY, JSON}, campaign_body, read_campaign},
    {"update", "PUT", "/api/3/campaign/46279", {APIKEY, JSON}, campaign_body, read_campaign},
    {"list", NULL, "/api/3/campaign", {APIKEY}, NULL, read_campaign},
    {"connect", NULL, "/api/3/campaign", {APIKEY}, NULL, read_campaign},
    {"wait", NULL, "/wait/api/3/campaign", {APIKEY}, NULL, read_campaign},
    {"send", NULL, "/sms", {JSON}, single_body, read_single},
    {"personal", NULL, "/wait/sms", {JSON}, single_body, read_single},
    {"upload", NULL, "/api/3/RecipientList", {APIKEY}, NULL, read_import},
    {"download", NULL, "/api/3/recipientList/46279/download", {APIKEY}, NULL, NULL},
    {"save", NULL, "/contact/save", {FORM}, contact_body, read_card},
    {"contact",
     NULL,
     "/api/rest/v1/contacts/58a1f3",
     {"Accept: application/json", "email: a@b.c", "token: " KEY},
     NULL,
     read_contact},
    {"text",
     NULL,
     "/smsmessaging/text",
     {"Accept: application/json", "Authorization: Bearer " KEY, JSON},
     text_body,
     read_text},
};

static const struct kind *kind_of(const char *name) {
  size_t i;
  for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (!strcmp(kinds[i].name, name)) return &kinds[i];
  die("unknown JOB");
  return NULL;
}

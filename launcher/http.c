#include "http.h"

#include "loop_transfer.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define BODY_LIMIT ((size_t)64 << 20)
#define HEADER_LIMIT ((size_t)256 << 10)
#define EXPECT_FROM ((size_t)1 << 20)

struct request {
	struct transfer transfer; /* first: libcurl's private pointer leads here */
	struct loop *loop;
	char *url;
	struct buf sent; /* the request's body */
	struct curl_slist *headers;
	bool changing;
	bool asked_again;

	struct buf answer;
	size_t header_size;
	const char *broken; /* why we ended it ourselves, or NULL */
	char api_version[16];
	char server_date[64];
	char curl_error[CURL_ERROR_SIZE];

	bool (*on_data)(void *context, const char *data, size_t size);
	void (*on_headers)(void *context, long status);
	void (*on_done)(void *context, const struct response *response);
	void *context;
	char *(*on_again)(void *again_context, const char *url,
			  const struct response *response);
	void *again_context;
};

static char *strdup_or_die(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		die_out_of_memory();
	return copy;
}

/* ---- what comes in ---- */

/* The value of header `name` if the line is that one: cut at control characters. */
static void header_take(const char *line, size_t size, const char *name, char *value,
			size_t room)
{
	size_t skip = strlen(name), length = 0;

	if (size <= skip || line[skip] != ':' || strncasecmp(line, name, skip) != 0)
		return;
	for (skip++; skip < size && (line[skip] == ' ' || line[skip] == '\t');)
		skip++;
	while (skip + length < size && length + 1 < room &&
	       isprint((unsigned char)line[skip + length])) {
		value[length] = line[skip + length];
		length++;
	}
	value[length] = '\0';
}

static void request_headers_end(struct request *request)
{
	long status = 0;

	curl_easy_getinfo(request->transfer.easy, CURLINFO_RESPONSE_CODE, &status);
	/* 100 and its like come before the answer; 101 is one. */
	if (!request->on_headers || (status < 200 && status != 101))
		return;
	loop_touch(request->loop);
	request->on_headers(request->context, status);
}

static size_t on_header(char *line, size_t one, size_t size, void *context)
{
	struct request *request = context;

	(void)one;
	if (request->transfer.dead)
		return 0;
	request->header_size += size;
	if (request->header_size > HEADER_LIMIT) {
		request->broken = "the answer's headers are larger than 256 KiB";
		return 0;
	}
	header_take(line, size, "Api-Version", request->api_version,
		    sizeof(request->api_version));
	header_take(line, size, "Date", request->server_date,
		    sizeof(request->server_date));
	if (size == 2 && line[0] == '\r')
		request_headers_end(request);
	return size;
}

static bool status_streams(long status)
{
	return status == 101 || (status >= 200 && status < 300);
}

static bool request_stream(struct request *request, const char *data, size_t size)
{
	loop_touch(request->loop);
	if (request->on_data(request->context, data, size))
		return true;
	if (!request->broken)
		request->broken = "the answer made no sense to the caller";
	return false;
}

static size_t on_body(char *data, size_t one, size_t size, void *context)
{
	struct request *request = context;
	long status = 0;

	(void)one;
	if (request->transfer.dead)
		return 0;
	curl_easy_getinfo(request->transfer.easy, CURLINFO_RESPONSE_CODE, &status);
	if (request->on_data && status_streams(status)) {
		bool good = request_stream(request, data, size);

		return good && !request->transfer.dead ? size : 0;
	}
	if (size > BODY_LIMIT - request->answer.size) {
		request->broken = "the answer is larger than 64 MiB";
		return 0;
	}
	buf_add(&request->answer, data, size);
	return size;
}

/* ---- the end ---- */

static const char *request_error(const struct request *request, CURLcode code)
{
	if (code == CURLE_OK)
		return NULL;
	if (request->broken)
		return request->broken;
	return request->curl_error[0] ? request->curl_error : curl_easy_strerror(code);
}

static struct response request_response(struct request *request, CURLcode code)
{
	CURL *easy = request->transfer.easy;
	struct response response = { .code = code };
	long connects = 0, os_errno = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
	curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
	if (code == CURLE_COULDNT_CONNECT)
		curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
	/* libcurl speaks of hosts and ports even where a socket was meant. */
	if (os_errno && !request->broken)
		request->broken = strerror((int)os_errno);
	response.body = buf_text(&request->answer);
	response.size = request->answer.size;
	response.error = request_error(request, code);
	response.os_errno = (int)os_errno;
	memcpy(response.api_version, request->api_version, sizeof(response.api_version));
	memcpy(response.server_date, request->server_date, sizeof(response.server_date));
	response.resent = request->changing && connects > 1;
	return response;
}

/* Whether it goes out once more. */
static bool request_again(struct request *request, const struct response *response)
{
	char *url;

	if (!request->on_again || request->asked_again)
		return false;
	request->asked_again = true;
	url = request->on_again(request->again_context, request->url, response);
	if (!url)
		return false;
	free(request->url);
	request->url = url;
	curl_easy_setopt(request->transfer.easy, CURLOPT_URL, url);
	buf_clear(&request->answer);
	request->header_size = 0;
	request->curl_error[0] = '\0';
	transfer_start(request->loop, &request->transfer);
	return true;
}

static void request_on_done(struct transfer *transfer, CURLcode code)
{
	struct request *request = (struct request *)transfer;
	struct response response = request_response(request, code);

	if (request_again(request, &response))
		return;
	/* From here a cancel by its own on_done finds nothing left to do. */
	transfer_drop(request->loop, transfer);
	request->on_done(request->context, &response);
}

static void request_on_free(struct transfer *transfer)
{
	struct request *request = (struct request *)transfer;

	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(request->headers);
	buf_free(&request->sent);
	buf_free(&request->answer);
	free(request->url);
	free(request);
}

void request_cancel(struct request *request)
{
	if (request)
		transfer_drop(request->loop, &request->transfer);
}

/* ---- what goes out ---- */

/* Cut at the first control character: no header can smuggle in another. */
static void request_add_header(struct request *request, const char *line)
{
	auto_free char *clean = strdup_or_die(line);
	struct curl_slist *headers;

	for (char *at = clean; *at; at++) {
		if (iscntrl((unsigned char)*at)) {
			*at = '\0';
			break;
		}
	}
	headers = curl_slist_append(request->headers, clean);
	if (!headers)
		die_out_of_memory();
	request->headers = headers;
}

static void request_set_headers(struct request *request, const struct http_call *call)
{
	auto_buf struct buf type = { 0 };

	/* An empty value takes away what libcurl would add. */
	buf_printf(&type, "Content-Type: %s",
		   !call->body          ? ""
		   : call->content_type ? call->content_type
					: "application/json");
	request_add_header(request, type.data);
	/* For a small body the extra round trip costs more than a refused upload. */
	if (call->body_size < EXPECT_FROM)
		request_add_header(request, "Expect:");
	for (size_t i = 0; call->headers && call->headers[i]; i++)
		request_add_header(request, call->headers[i]);
	curl_easy_setopt(request->transfer.easy, CURLOPT_HTTPHEADER, request->headers);
}

static bool method_is_known(const char *method)
{
	static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "DELETE" };

	for (size_t i = 0; i < COUNT_OF(methods); i++) {
		if (strcmp(method, methods[i]) == 0)
			return true;
	}
	return false;
}

/*
 * A PUT is a POST by another name: so the body stays in our memory, and
 * libcurl needs no callback to read or rewind it.
 */
static void request_set_method(struct request *request, const struct http_call *call)
{
	CURL *easy = request->transfer.easy;
	bool post = strcmp(call->method, "POST") == 0;

	if (!method_is_known(call->method))
		BUG("unknown HTTP method");
	if (strcmp(call->method, "HEAD") == 0) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
		return;
	}
	request->changing = strcmp(call->method, "GET") != 0;
	if (request->changing)
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	if (call->body || post) {
		buf_add(&request->sent, call->body, call->body_size);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)request->sent.size);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, buf_text(&request->sent));
	}
	if (!post && (request->changing || call->body))
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
}

static void request_set_way(struct request *request, const struct http_call *call)
{
	CURL *easy = request->transfer.easy;

	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	if (call->unix_socket)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, call->unix_socket);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	transfer_limit_protocols(easy);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
	if (call->connect_timeout_ms)
		curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
				 (long)call->connect_timeout_ms);
}

struct request *http_start(struct loop *loop, const struct http_call *call)
{
	struct request *request = calloc(1, sizeof(*request));
	CURL *easy = curl_easy_init();

	if (!request || !easy)
		die_out_of_memory();
	request->transfer = (struct transfer){
		.easy = easy,
		.on_done = request_on_done,
		.on_free = request_on_free,
	};
	request->loop = loop;
	request->url = strdup_or_die(call->url);
	request->on_data = call->on_data;
	request->on_headers = call->on_headers;
	request->on_done = call->on_done;
	request->context = call->context;
	request->on_again = call->on_again;
	request->again_context = call->again_context;
	request_set_way(request, call);
	request_set_method(request, call);
	request_set_headers(request, call);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->curl_error);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
	transfer_start(loop, &request->transfer);
	return request;
}

//go:build linux

#include <webkit2/webkit2.h>

// Calls of these functions in the program come to those with __wrap_ (ld(1), --wrap).
extern gpointer __real_g_object_ref(gpointer object);
extern void __real_g_object_unref(gpointer object);
extern const gchar *__real_webkit_uri_scheme_request_get_uri(WebKitURISchemeRequest *request);
extern const gchar *__real_webkit_uri_scheme_request_get_http_method(WebKitURISchemeRequest *request);
extern SoupMessageHeaders *__real_webkit_uri_scheme_request_get_http_headers(WebKitURISchemeRequest *request);
extern GInputStream *__real_webkit_uri_scheme_request_get_http_body(WebKitURISchemeRequest *request);
extern void __real_webkit_uri_scheme_request_finish_with_response(WebKitURISchemeRequest *request, WebKitURISchemeResponse *response);
extern void __real_webkit_uri_scheme_request_finish_error(WebKitURISchemeRequest *request, GError *error);

// MAX_BODY is more than any body that the page sends, in bytes.
#define MAX_BODY (32u << 20)
// MAX_TURN is how many jobs are done before the loop may do something else.
#define MAX_TURN 64

// job is something to be done on the main loop's thread. It owns what it points to.
typedef struct {
	gpointer unref; // an object to be unreferenced, or NULL
	WebKitURISchemeRequest *request;
	WebKitURISchemeResponse *response; // NULL: it ends with the error
	GError *error;
} Job;

static GMutex lock; // guards what follows
static GQueue jobs = G_QUEUE_INIT;
static gboolean waiting; // the loop knows that there are some
static guint64 led;      // how many came so far

guint64 pigrid_led(void) {
	g_mutex_lock(&lock);
	guint64 n = led;
	g_mutex_unlock(&lock);
	return n;
}

static gboolean on_main(void) { return g_main_context_is_owner(g_main_context_default()); }

static void do_job(Job *job) {
	if (job->request != NULL) {
		if (job->response != NULL) {
			__real_webkit_uri_scheme_request_finish_with_response(job->request, job->response);
			__real_g_object_unref(job->response);
		} else {
			__real_webkit_uri_scheme_request_finish_error(job->request, job->error);
			g_error_free(job->error);
		}
		__real_g_object_unref(job->request);
	}
	if (job->unref != NULL) __real_g_object_unref(job->unref);
	g_free(job);
}

static gboolean do_jobs(gpointer unused) {
	(void)unused;
	for (int i = 0; i < MAX_TURN; i++) {
		g_mutex_lock(&lock);
		Job *job = g_queue_pop_head(&jobs);
		waiting = job != NULL;
		g_mutex_unlock(&lock);
		if (job == NULL) return G_SOURCE_REMOVE;
		do_job(job);
	}
	return G_SOURCE_CONTINUE;
}

// later does a job on the main loop's thread, after those before it.
static void later(Job job) {
	g_mutex_lock(&lock);
	g_queue_push_tail(&jobs, g_memdup2(&job, sizeof job));
	led++;
	gboolean wake = !waiting;
	waiting = TRUE;
	g_mutex_unlock(&lock);
	if (wake) g_idle_add_full(G_PRIORITY_DEFAULT, do_jobs, NULL, NULL);
}

// Facts is what a request says, read on the main loop's thread.
typedef struct {
	gchar *uri, *method;
	SoupMessageHeaders *headers; // the request's own
	GInputStream *body;          // in memory, or NULL
} Facts;

static G_DEFINE_QUARK(pigrid-request-facts, facts)

static void free_facts(gpointer data) {
	Facts *facts = data;
	g_free(facts->uri);
	g_free(facts->method);
	g_clear_pointer(&facts->body, __real_g_object_unref);
	g_free(facts);
}

// read_body returns a stream in memory with all that there is, and takes stream.
static GInputStream *read_body(GInputStream *stream) {
	if (stream == NULL) return NULL;
	GByteArray *all = g_byte_array_new();
	guint8 chunk[16 << 10];
	gsize n = 0;
	while (all->len <= MAX_BODY && g_input_stream_read_all(stream, chunk, sizeof chunk, &n, NULL, NULL) && n > 0)
		g_byte_array_append(all, chunk, (guint)n);
	__real_g_object_unref(stream);
	GBytes *bytes = g_byte_array_free_to_bytes(all);
	GInputStream *memory = g_memory_input_stream_new_from_bytes(bytes);
	g_bytes_unref(bytes);
	return memory;
}

static void read_facts(WebKitURISchemeRequest *request) {
	if (g_object_get_qdata(G_OBJECT(request), facts_quark()) != NULL) return;
	Facts *facts = g_new0(Facts, 1);
	facts->uri = g_strdup(__real_webkit_uri_scheme_request_get_uri(request));
	facts->method = g_strdup(__real_webkit_uri_scheme_request_get_http_method(request));
	facts->headers = __real_webkit_uri_scheme_request_get_http_headers(request);
	facts->body = read_body(__real_webkit_uri_scheme_request_get_http_body(request));
	g_object_set_qdata_full(G_OBJECT(request), facts_quark(), facts, free_facts);
}

static Facts *facts_of(WebKitURISchemeRequest *request) { return g_object_get_qdata(G_OBJECT(request), facts_quark()); }

gpointer __wrap_g_object_ref(gpointer object) {
	object = __real_g_object_ref(object);
	// Wails takes each request so when it comes, still on the loop's thread.
	if (WEBKIT_IS_URI_SCHEME_REQUEST(object) && on_main()) read_facts(object);
	return object;
}

void __wrap_g_object_unref(gpointer object) {
	if (on_main())
		__real_g_object_unref(object);
	else
		later((Job){.unref = object});
}

const gchar *__wrap_webkit_uri_scheme_request_get_uri(WebKitURISchemeRequest *request) {
	Facts *facts = facts_of(request);
	return facts ? facts->uri : __real_webkit_uri_scheme_request_get_uri(request);
}

const gchar *__wrap_webkit_uri_scheme_request_get_http_method(WebKitURISchemeRequest *request) {
	Facts *facts = facts_of(request);
	return facts ? facts->method : __real_webkit_uri_scheme_request_get_http_method(request);
}

SoupMessageHeaders *__wrap_webkit_uri_scheme_request_get_http_headers(WebKitURISchemeRequest *request) {
	Facts *facts = facts_of(request);
	return facts ? facts->headers : __real_webkit_uri_scheme_request_get_http_headers(request);
}

GInputStream *__wrap_webkit_uri_scheme_request_get_http_body(WebKitURISchemeRequest *request) {
	Facts *facts = facts_of(request);
	if (facts == NULL) return __real_webkit_uri_scheme_request_get_http_body(request);
	return facts->body ? __real_g_object_ref(facts->body) : NULL;
}

void __wrap_webkit_uri_scheme_request_finish_with_response(WebKitURISchemeRequest *request, WebKitURISchemeResponse *response) {
	if (on_main())
		__real_webkit_uri_scheme_request_finish_with_response(request, response);
	else
		later((Job){.request = __real_g_object_ref(request), .response = __real_g_object_ref(response)});
}

void __wrap_webkit_uri_scheme_request_finish_error(WebKitURISchemeRequest *request, GError *error) {
	if (on_main())
		__real_webkit_uri_scheme_request_finish_error(request, error);
	else
		later((Job){.request = __real_g_object_ref(request), .error = g_error_copy(error)});
}

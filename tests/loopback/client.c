/* SPDX-License-Identifier: MIT */
/*
 * client.c - a program on the public headers that keeps a document and awareness in step with yjs over a real socket.
 *
 * It edits at random, also while it is not connected, closes its connection now and then (some bytes of a frame already
 * sent), loses others, and connects again. Reads and writes are of random, small sizes, so frames come in pieces. In
 * the end both sides must have the same bytes: the state as it is, the state after loading it anew, the state vector,
 * awareness.
 *
 * Texts have emoji, and edits keep surrogate pairs whole. Those that cut pairs do not end in the same text between two
 * documents of yjs either (control.mjs; spec/quirks.md, Q116).
 *
 *   client PORT SEED EDITS
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <yata/yata.h>

enum { PIECE = 700, OVER_MS = 60000, CHECK_MS = 30 };

static struct {
    yata_doc *doc;
    yata_awareness *awareness;
    yata_sync_hub *hub;
    yata_sync *session;
    yata_type text, list, map;

    uint16_t port;
    int socket; /* -1: not connected */
    yata_frame_reader reader;
    yata_buffer out; /* bytes that are still to be sent */
    size_t sent;     /* of `out` */

    uint32_t random;
    uint32_t made, edits, cut, lost, met, checks, overflows;
    uint32_t offline; /* edits before the next connection */
    uint64_t frames;
    bool asked; /* a check is on its way */
    bool done;
} client;

static void fail(const char *what) {
    fprintf(stderr, "client: %s\n", what);
    exit(1);
}

static void good(yata_status status, const char *what) {
    if (status == YATA_OK) return;
    fprintf(stderr, "client: %s: %s\n", what, yata_status_name(status));
    exit(1);
}

static uint32_t below(uint32_t n) {
    client.random ^= client.random << 13;
    client.random ^= client.random >> 17;
    client.random ^= client.random << 5;
    return client.random % n;
}

static uint64_t now_ms(void *ctx) {
    struct timespec t;
    (void)ctx;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static yata_str str(const char *text) {
    return (yata_str){text, strlen(text)};
}

/* ------------------------------------------------------------------------
 * Edits
 */

/* The offset, or the one before it if it is inside a surrogate pair. */
static uint32_t whole(uint32_t offset) {
    yata_buffer text;
    uint32_t units = 0;
    yata_buffer_init(&text, NULL);
    good(yata_text_read(client.text, &text), "read");
    for (size_t i = 0; i < text.len && units < offset; i++) {
        if ((text.data[i] & 0xC0) == 0x80) continue;
        uint32_t more = text.data[i] >= 0xF0 ? 2 : 1;
        if (units + more > offset) break;
        units += more;
    }
    yata_buffer_free(&text);
    return units;
}

static void edit_text(yata_txn *txn) {
    static const char *const words[] = {"a",
                                        "words ",
                                        "\xC3\xA9",
                                        "\xC3\x9F",
                                        "\xE6\x97\xA5\xE6\x9C\xAC",
                                        "\n",
                                        "\xF0\x9F\x98\x80",
                                        "x\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
                                        "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA"};
    uint32_t len;
    good(yata_text_length(client.text, &len), "length");
    uint32_t kind = below(5), at = len ? whole(below(len)) : 0, n = 1 + below(5);
    if (n > len - at) n = len - at;
    n = whole(at + n) - at;
    if (len && kind == 0) {
        good(yata_text_delete(client.text, txn, at, n), "delete");
    } else if (len && kind == 1) {
        yata_builder b;
        yata_value on = {.kind = below(2) ? YATA_VALUE_BOOL : YATA_VALUE_NULL, .u.boolean = true}, attributes;
        yata_builder_init(&b, NULL);
        yata_builder_begin_object(&b);
        yata_builder_key(&b, str("bold"));
        yata_builder_add(&b, &on);
        yata_builder_end(&b);
        good(yata_builder_finish(&b, &attributes), "attributes");
        good(yata_text_format(client.text, txn, at, n, &attributes), "format");
        yata_builder_free(&b);
    } else {
        good(yata_text_insert(client.text, txn, whole(below(len + 1)), str(words[below(9)])), "insert");
    }
}

static void edit_list(yata_txn *txn) {
    uint32_t len;
    good(yata_array_length(client.list, &len), "length");
    yata_value values[] = {{.kind = YATA_VALUE_INT, .u.integer = (int64_t)below(1000)},
                           {.kind = YATA_VALUE_STRING, .u.string = str("C")}};
    if (len && below(2))
        good(yata_array_delete(client.list, txn, below(len), 1), "delete");
    else
        good(yata_array_insert(client.list, txn, below(len + 1), values, 2), "insert");
}

static void edit_map(yata_txn *txn) {
    char key[8];
    snprintf(key, sizeof key, "k%u", (unsigned)below(6));
    yata_value value = {.kind = YATA_VALUE_INT, .u.integer = (int64_t)below(100)}, seen;
    if (below(3) == 0 && yata_map_get(client.map, str(key), &seen) == YATA_OK)
        good(yata_map_delete(client.map, txn, str(key)), "delete");
    else
        good(yata_map_set(client.map, txn, str(key), &value), "set");
}

static void edit(void) {
    yata_txn *txn;
    good(yata_txn_begin(client.doc, (yata_bytes){NULL, 0}, &txn), "begin");
    uint32_t kind = below(8);
    if (kind == 0)
        edit_map(txn);
    else if (kind == 1)
        edit_list(txn);
    else
        edit_text(txn);
    good(yata_txn_commit(txn), "commit");
    client.made++;
    if (kind == 2) {
        char json[100];
        int n = snprintf(json, sizeof json, "{\"name\":\"C\",\"at\":%u,\"cursor\":{\"anchor\":%u}}",
                         (unsigned)client.made, (unsigned)below(100));
        good(yata_awareness_set_local(client.awareness, (yata_str){json, (size_t)n}, NULL), "set local");
    }
}

/* ------------------------------------------------------------------------
 * Connections
 */
static void disconnect(void) {
    yata_sync_state state;
    yata_sync_state_of(client.session, &state);
    client.overflows += (uint32_t)state.overflows;
    close(client.socket);
    client.socket = -1;
    yata_sync_disconnect(client.session);
    yata_frame_reader_free(&client.reader);
    client.out.len = client.sent = 0;
    client.offline = below(12);
    client.asked = false;
}

static void connect_again(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(client.port)};
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0 || connect(s, (struct sockaddr *)&address, sizeof address) != 0) fail(strerror(errno));
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(s, F_SETFL, fcntl(s, F_GETFL) | O_NONBLOCK);
    client.socket = s;
    client.met++;
    yata_frame_reader_init(&client.reader, 0, NULL);
    good(yata_sync_connect(client.session), "connect");
}

/* Messages become frames only when the bytes before them are gone: the session keeps what waits. */
static void fill_out(void) {
    yata_bytes message;
    if (client.sent < client.out.len) return;
    client.out.len = client.sent = 0;
    good(yata_sync_next(client.session, &message), "next");
    if (message.data) good(yata_frame_write(&client.out, message), "frame");
}

/* False: the connection is lost. */
static bool send_some(void) {
    for (int i = 0; i < 8; i++) {
        fill_out();
        size_t n = client.out.len - client.sent, piece = 1 + below(PIECE);
        if (!n) return true;
        ssize_t w = send(client.socket, client.out.data + client.sent, n < piece ? n : piece, MSG_NOSIGNAL);
        if (w < 0) return errno == EAGAIN || errno == EINTR;
        client.sent += (size_t)w;
    }
    return true;
}

static bool receive_some(void) {
    uint8_t bytes[PIECE];
    ssize_t n = recv(client.socket, bytes, 1 + below(PIECE), 0);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    if (n == 0) return false;
    yata_bytes piece = {bytes, (size_t)n}, frame;
    for (;;) {
        good(yata_frame_reader_next(&client.reader, &piece, &frame), "stream");
        if (!frame.data) return true;
        client.frames++;
        good(yata_sync_receive(client.session, frame, NULL), "receive");
    }
}

/* ------------------------------------------------------------------------
 * The end
 */
static int ascending(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The state as it is after loading it anew. */
static void encode_anew(yata_buffer *out) {
    yata_buffer state;
    yata_doc *anew = NULL;
    yata_buffer_init(&state, NULL);
    good(yata_doc_encode_state(client.doc, &state), "state");
    good(yata_doc_new(NULL, &anew), "document");
    good(yata_doc_apply(anew, (yata_bytes){state.data, state.len}, (yata_bytes){NULL, 0}, NULL), "load");
    good(yata_doc_encode_state(anew, out), "state");
    yata_doc_free(anew);
    yata_buffer_free(&state);
}

static void digest(yata_buffer *out) {
    yata_buffer part;
    uint64_t clients[16], n = 0;
    yata_buffer_init(&part, NULL);
    good(yata_doc_encode_state(client.doc, &part), "state");
    good(yata_frame_write(out, (yata_bytes){part.data, part.len}), "digest");
    part.len = 0;
    encode_anew(&part);
    good(yata_frame_write(out, (yata_bytes){part.data, part.len}), "digest");
    part.len = 0;
    good(yata_doc_encode_state_vector(client.doc, &part), "vector");
    good(yata_frame_write(out, (yata_bytes){part.data, part.len}), "digest");
    part.len = 0;
    yata_awareness_iter it = yata_awareness_states(client.awareness);
    while (n < 16 && yata_awareness_iter_next(&it, &clients[n], NULL)) n++;
    qsort(clients, n, sizeof *clients, ascending);
    good(yata_awareness_encode(client.awareness, clients, n, &part), "awareness");
    good(yata_frame_write(out, (yata_bytes){part.data, part.len}), "digest");
    yata_buffer_free(&part);
}

static void say(uint64_t type, yata_bytes payload) {
    yata_buffer message;
    yata_buffer_init(&message, NULL);
    good(yata_message_write_custom(&message, type, payload), "custom");
    good(yata_sync_send(client.session, (yata_bytes){message.data, message.len}), "send");
    yata_buffer_free(&message);
}

static void check(void) {
    yata_buffer mine;
    yata_buffer_init(&mine, NULL);
    digest(&mine);
    say(101, (yata_bytes){mine.data, mine.len});
    client.checks++;
    client.asked = true;
    yata_buffer_free(&mine);
}

/* The other side has compared our bytes with its own; here the same the other way round. */
static void on_message(void *ctx, yata_sync *session, const yata_message *message) {
    yata_buffer mine;
    (void)ctx, (void)session;
    client.asked = false;
    if (message->type != 102 || !message->payload.len) return;
    yata_buffer_init(&mine, NULL);
    digest(&mine);
    client.done = message->payload.len == mine.len && memcmp(message->payload.data, mine.data, mine.len) == 0;
    if (client.done)
        printf(
            "client: %u edits, %u connections, %u cut here, %u lost otherwise, %llu frames received; after %u checks "
            "both ends have the same %zu bytes\n",
            (unsigned)client.made, (unsigned)client.met, (unsigned)client.cut, (unsigned)client.lost,
            (unsigned long long)client.frames, (unsigned)client.checks, mine.len);
    yata_buffer_free(&mine);
}

/* ------------------------------------------------------------------------
 * Work
 */
static void set_up(int argc, char **argv) {
    if (argc != 4) fail("usage: client PORT SEED EDITS");
    client.port = (uint16_t)strtoul(argv[1], NULL, 10);
    client.random = (uint32_t)strtoul(argv[2], NULL, 10) * 2246822519u + 1;
    if (!client.random) client.random = 1;
    client.edits = (uint32_t)strtoul(argv[3], NULL, 10);
    client.socket = -1;
    yata_buffer_init(&client.out, NULL);

    yata_doc_options doc = yata_doc_options_default();
    doc.client_id = 1;
    good(yata_doc_new(&doc, &client.doc), "document");
    good(yata_doc_root(client.doc, str("t"), YATA_KIND_TEXT, &client.text), "root");
    good(yata_doc_root(client.doc, str("a"), YATA_KIND_ARRAY, &client.list), "root");
    good(yata_doc_root(client.doc, str("m"), YATA_KIND_MAP, &client.map), "root");
    yata_awareness_options awareness = yata_awareness_options_default();
    awareness.client_id = 1;
    awareness.now = now_ms;
    good(yata_awareness_new(&awareness, &client.awareness), "awareness");
    good(yata_awareness_set_local(client.awareness, str("{\"name\":\"C\"}"), NULL), "set local");
    good(yata_sync_hub_new(client.doc, client.awareness, NULL, &client.hub), "hub");
    yata_sync_options options = yata_sync_options_default();
    options.origin = (yata_bytes){(const uint8_t *)"net", 3};
    options.message = on_message;
    good(yata_sync_new(client.hub, &options, &client.session), "session");
}

static void step(uint64_t *checked) {
    uint64_t now = now_ms(NULL);
    good(yata_awareness_tick(client.awareness), "tick");
    if (client.made < client.edits && below(2)) edit();
    if (client.socket < 0) {
        if (client.offline == 0 || client.made == client.edits)
            connect_again();
        else
            client.offline--;
        return;
    }
    if (!send_some() || !receive_some()) {
        client.lost++;
        disconnect();
    } else if (client.made < client.edits && below(60) == 0) {
        client.cut++;
        disconnect();
    } else if (client.made == client.edits && !client.asked && now - *checked >= CHECK_MS) {
        *checked = now;
        check();
    }
}

int main(int argc, char **argv) {
    uint64_t start = now_ms(NULL), checked = start;
    signal(SIGPIPE, SIG_IGN);
    set_up(argc, argv);
    while (!client.done) {
        struct pollfd wait = {.fd = client.socket, .events = POLLIN};
        poll(&wait, 1, 1);
        step(&checked);
        if (now_ms(NULL) - start > OVER_MS) fail("the ends are not the same");
    }
    bool cut = client.cut + client.lost > 0;
    say(103, (yata_bytes){NULL, 0});
    while (yata_sync_has_next(client.session) || client.sent < client.out.len)
        if (!send_some()) break;
    close(client.socket);
    yata_frame_reader_free(&client.reader);
    yata_sync_hub_free(client.hub);
    yata_awareness_free(client.awareness);
    yata_doc_free(client.doc);
    yata_buffer_free(&client.out);
    if (!cut) fail("no connection was ever lost: nothing is proven");
    return 0;
}

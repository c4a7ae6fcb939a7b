/* One thread, one poll loop: a proxy with a thread for each direction could never send a RST, since close() while
 * another thread is in recv() does not. */
#define _GNU_SOURCE /* ppoll */

#include "support/proxy.h"

#include "support/live.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 16 * 1024, QUEUED_MAX = 1024 * 1024, LINKS_MAX = 256 };

/* Bytes on their way, to be handed on at `due`. */
struct chunk {
    struct chunk *next;
    int64_t due;
    size_t size, done;
    char bytes[CHUNK];
};

/* One direction of a link: from fd[direction] to fd[!direction]. */
struct flow {
    struct chunk *first, **last;
    size_t queued;
    bool ended;  /* the source has sent its FIN */
    bool closed; /* ... and it was handed on */
};

struct link {
    struct link *next;
    int fd[2];           /* of the client, of the server; -1: closed */
    struct flow flow[2]; /* indexed by proxy_direction */
    bool lingering;      /* ended by FIN: what still comes from the client is dropped */
    bool doomed;         /* to be ended by the thread */
    struct reader {      /* of the client's messages */
        unsigned char header[5];
        int known;     /* bytes of the header */
        uint32_t left; /* bytes until the next message */
        bool greeted;  /* the first has no type */
    } reader;
};

enum limit_kind { LIMIT_NONE, LIMIT_CUT, LIMIT_STALL };

struct proxy {
    pthread_t thread;
    pthread_mutex_t mutex; /* over all that follows */
    int wake[2];
    int place;    /* holds the port while nobody listens: others would get it, or a client its own end */
    int listener; /* -1 while connections are refused */
    int port;
    char conninfo[16 * 1024];
    struct link *links;
    bool closing, stalled, cut, refusing;
    enum limit_kind limit;
    enum proxy_direction direction;
    enum proxy_end end;
    uint64_t left; /* bytes until the limit */
    int delay, piece;
    void (*when_stalled)(void); /* or NULL */
    int last;                   /* direction of the last byte, or -1 */
    uint64_t bytes[2], turns, waits, connections;
    uint64_t asked, obeyed; /* changes that were asked for, and those that the thread has seen */
    pthread_cond_t has_obeyed;
};

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void set_nonblocking(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* Two sockets may be bound to one port while neither listens. */
static int bind_to(int port, int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
        getsockname(fd, (struct sockaddr *)&address, &size))
        ck_abort_msg("proxy: no port on 127.0.0.1: %s", strerror(errno));
    set_nonblocking(fd);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static int listen_on(int port)
{
    int fd = bind_to(port, &port);
    if (listen(fd, 128))
        ck_abort_msg("proxy: can't listen on 127.0.0.1: %s", strerror(errno));
    return fd;
}

static int connect_local(const char *directory, const char *port)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    int length = snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.%s", directory, port);
    if (length < (int)sizeof(address.sun_path) && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

static int connect_tcp(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *addresses = NULL;
    int fd = -1, on = 1;
    if (getaddrinfo(host, port, &hints, &addresses) != 0)
        return -1;
    for (const struct addrinfo *a = addresses; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(addresses);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static int connect_to_server(void)
{
    const char *host = getenv("PGHOST"), *port = getenv("PGPORT");
    int fd = *host == '/' ? connect_local(host, port) : connect_tcp(host, port);
    if (fd >= 0)
        set_nonblocking(fd);
    return fd;
}

static void free_flow(struct flow *flow)
{
    while (flow->first) {
        struct chunk *chunk = flow->first;
        flow->first = chunk->next;
        free(chunk);
    }
    flow->last = &flow->first;
    flow->queued = 0;
}

static void close_fd(int *fd, enum proxy_end end)
{
    struct linger hard = {1, 0};
    if (*fd < 0)
        return;
    if (end == PROXY_RESET)
        setsockopt(*fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    close(*fd);
    *fd = -1;
}

/* A FIN, even if the client has sent bytes that nobody read (close would turn it into a RST): the client's
 * socket stays until it closes its side. */
static void end_link(struct link *link, enum proxy_end end)
{
    close_fd(&link->fd[1], end);
    if (end == PROXY_FINISH && link->fd[0] >= 0) {
        shutdown(link->fd[0], SHUT_WR);
        link->lingering = true;
    } else {
        close_fd(&link->fd[0], end);
    }
    free_flow(&link->flow[0]);
    free_flow(&link->flow[1]);
}

static void accept_link(struct proxy *p)
{
    int on = 1, client = accept(p->listener, NULL, NULL);
    if (client < 0)
        return;
    set_nonblocking(client);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    p->connections++;
    struct link *link = calloc(1, sizeof(*link));
    link->fd[0] = client;
    link->fd[1] = connect_to_server();
    link->flow[0].last = &link->flow[0].first;
    link->flow[1].last = &link->flow[1].first;
    link->next = p->links;
    p->links = link;
    if (link->fd[1] < 0)
        end_link(link, PROXY_FINISH);
}

static void end_header(struct proxy *p, struct reader *r)
{
    const unsigned char *length = r->header + r->known - 4;
    uint32_t size = (uint32_t)length[0] << 24 | (uint32_t)length[1] << 16 | (uint32_t)length[2] << 8 | length[3];
    p->waits += r->greeted && (r->header[0] == 'S' || r->header[0] == 'Q');
    r->left = size > 4 ? size - 4 : 0;
    r->known = 0;
    r->greeted = true;
}

/* Counts the messages that ask for an answer. */
static void read_messages(struct proxy *p, struct reader *r, const char *bytes, size_t size)
{
    while (size > 0) {
        size_t passed = size < r->left ? size : r->left;
        bytes += passed;
        size -= passed;
        r->left -= (uint32_t)passed;
        if (size == 0)
            return;
        r->header[r->known++] = (unsigned char)*bytes++;
        size--;
        if (r->known == (r->greeted ? 5 : 4))
            end_header(p, r);
    }
}

static void receive(struct proxy *p, struct link *link, int direction)
{
    struct flow *flow = &link->flow[direction];
    struct chunk *chunk = malloc(sizeof(*chunk));
    ssize_t got = recv(link->fd[direction], chunk->bytes, CHUNK, 0);
    if (got > 0) {
        chunk->next = NULL;
        chunk->due = now() + p->delay;
        chunk->size = (size_t)got;
        chunk->done = 0;
        *flow->last = chunk;
        flow->last = &chunk->next;
        flow->queued += (size_t)got;
        if (direction == PROXY_TO_SERVER)
            read_messages(p, &link->reader, chunk->bytes, (size_t)got);
        return;
    }
    free(chunk);
    if (got == 0)
        flow->ended = true;
    else if (errno != EAGAIN && errno != EINTR)
        end_link(link, PROXY_RESET);
}

/* How many of `size` bytes may go on before the limit. */
static size_t allowed(const struct proxy *p, int direction, size_t size)
{
    if (p->piece > 0 && size > (size_t)p->piece)
        size = (size_t)p->piece;
    if (p->limit != LIMIT_NONE && p->direction == (enum proxy_direction)direction && size > p->left)
        size = (size_t)p->left;
    return size;
}

static void count(struct proxy *p, int direction, size_t size)
{
    p->bytes[direction] += size;
    p->turns += p->last == PROXY_TO_SERVER && direction == PROXY_TO_CLIENT;
    p->last = direction;
    if (p->limit != LIMIT_NONE && p->direction == (enum proxy_direction)direction)
        p->left -= size;
}

static void begin_stall(struct proxy *p)
{
    p->stalled = true;
    if (p->when_stalled)
        p->when_stalled();
}

/* The limit is reached. False: this link is gone. */
static bool apply_limit(struct proxy *p, struct link *link)
{
    enum limit_kind kind = p->limit;
    p->limit = LIMIT_NONE;
    if (kind == LIMIT_STALL) {
        begin_stall(p);
        return true;
    }
    p->cut = true;
    end_link(link, p->end);
    return false;
}

/* Hands on what is due. False: the link is gone, or the proxy has stalled. */
static bool hand_on(struct proxy *p, struct link *link, int direction)
{
    struct flow *flow = &link->flow[direction];
    while (flow->first && flow->first->due <= now()) {
        struct chunk *chunk = flow->first;
        size_t size = allowed(p, direction, chunk->size - chunk->done);
        ssize_t sent = size ? send(link->fd[!direction], chunk->bytes + chunk->done, size, MSG_NOSIGNAL) : 0;
        if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            return true;
        if (sent < 0) {
            end_link(link, PROXY_RESET);
            return false;
        }
        chunk->done += (size_t)sent;
        count(p, direction, (size_t)sent);
        if (p->limit != LIMIT_NONE && p->direction == (enum proxy_direction)direction && p->left == 0)
            return apply_limit(p, link) && !p->stalled;
        if (chunk->done == chunk->size) {
            flow->queued -= chunk->size;
            flow->first = chunk->next;
            if (!flow->first)
                flow->last = &flow->first;
            free(chunk);
        }
    }
    if (flow->ended && !flow->closed && !flow->first) {
        shutdown(link->fd[!direction], SHUT_WR);
        flow->closed = true;
    }
    return true;
}

static void drop_input(struct link *link)
{
    char bytes[CHUNK];
    ssize_t got = recv(link->fd[0], bytes, sizeof(bytes), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        close_fd(&link->fd[0], PROXY_FINISH);
}

static void remove_dead_links(struct proxy *p)
{
    for (struct link **at = &p->links; *at;) {
        struct link *link = *at;
        if (link->flow[0].closed && link->flow[1].closed) {
            close_fd(&link->fd[0], PROXY_FINISH);
            close_fd(&link->fd[1], PROXY_FINISH);
        }
        if (link->fd[0] < 0 && link->fd[1] < 0) {
            *at = link->next;
            free_flow(&link->flow[0]);
            free_flow(&link->flow[1]);
            free(link);
        } else {
            at = &link->next;
        }
    }
}

struct polled {
    struct pollfd fds[2 + 2 * LINKS_MAX];
    nfds_t count;
    int64_t timeout; /* microseconds, or -1 */
};

static short wanted(const struct proxy *p, const struct link *link, int side)
{
    const struct flow *from = &link->flow[side], *to = &link->flow[!side];
    if (p->stalled)
        return 0;
    bool readable = link->lingering || (!from->ended && from->queued < QUEUED_MAX);
    bool writable = to->first && to->first->due <= now();
    return (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
}

/* A socket of which nothing is wanted would still report its end for ever: it is left out. */
static void prepare(struct proxy *p, struct polled *polled)
{
    polled->timeout = -1;
    polled->fds[0] = (struct pollfd){.fd = p->wake[0], .events = POLLIN};
    polled->fds[1] = (struct pollfd){.fd = p->listener, .events = POLLIN};
    polled->count = 2;
    for (const struct link *link = p->links; link && polled->count < 2 + 2 * LINKS_MAX; link = link->next)
        for (int side = 0; side < 2; side++) {
            short events = wanted(p, link, side);
            polled->fds[polled->count++] = (struct pollfd){.fd = events ? link->fd[side] : -1, .events = events};
            const struct chunk *next = link->flow[side].first;
            int64_t left = next && !p->stalled ? next->due - now() : 0;
            if (left > 0 && (polled->timeout < 0 || left < polled->timeout))
                polled->timeout = left;
        }
}

static void work_on(struct proxy *p, struct link *link, const struct pollfd *fds)
{
    if (link->lingering) {
        if (fds[0].revents && link->fd[0] >= 0)
            drop_input(link);
        return;
    }
    for (int side = 0; side < 2 && !link->lingering && link->fd[side] >= 0; side++)
        if (fds[side].revents & (POLLIN | POLLHUP | POLLERR) && !p->stalled)
            receive(p, link, side);
    for (int direction = 0; direction < 2; direction++)
        if (p->stalled || link->lingering || link->fd[0] < 0 || link->fd[1] < 0 || !hand_on(p, link, direction))
            return;
}

static void obey(struct proxy *p)
{
    char bytes[64];
    while (read(p->wake[0], bytes, sizeof(bytes)) > 0)
        ;
    for (struct link *link = p->links; link; link = link->next)
        if (link->doomed && !link->lingering)
            end_link(link, p->end);
    if (p->refusing && p->listener >= 0) {
        close(p->listener);
        p->listener = -1;
    } else if (!p->refusing && p->listener < 0) {
        p->listener = listen_on(p->port);
    }
    p->obeyed = p->asked;
    pthread_cond_broadcast(&p->has_obeyed);
}

static void *run(void *arg)
{
    struct proxy *p = arg;
    static __thread struct polled polled;
    pthread_mutex_lock(&p->mutex);
    while (!p->closing) {
        remove_dead_links(p);
        prepare(p, &polled);
        pthread_mutex_unlock(&p->mutex);
        struct timespec left = {polled.timeout / 1000000, polled.timeout % 1000000 * 1000};
        ppoll(polled.fds, polled.count, polled.timeout < 0 ? NULL : &left, NULL);
        pthread_mutex_lock(&p->mutex);
        const struct pollfd *fds = polled.fds + 2;
        for (struct link *link = p->links; link && fds < polled.fds + polled.count; link = link->next, fds += 2)
            work_on(p, link, fds);
        if (p->listener >= 0 && polled.fds[1].revents)
            accept_link(p);
        obey(p);
    }
    for (struct link *link = p->links; link; link = link->next) {
        close_fd(&link->fd[0], PROXY_RESET);
        close_fd(&link->fd[1], PROXY_RESET);
    }
    remove_dead_links(p);
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

struct proxy *proxy_open(void)
{
    struct proxy *p = calloc(1, sizeof(*p));
    p->last = -1;
    p->place = bind_to(0, &p->port);
    p->listener = listen_on(p->port);
    snprintf(p->conninfo, sizeof(p->conninfo), "%s",
             live_conninfo_with("host=127.0.0.1 port=%d sslmode=disable gssencmode=disable", p->port));
    if (pipe(p->wake))
        ck_abort_msg("proxy: %s", strerror(errno));
    set_nonblocking(p->wake[0]);
    set_nonblocking(p->wake[1]);
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->has_obeyed, NULL);
    if (pthread_create(&p->thread, NULL, run, p))
        ck_abort_msg("proxy: no thread");
    return p;
}

static void wake_up(struct proxy *p)
{
    if (write(p->wake[1], "", 1) < 0 && errno != EAGAIN)
        ck_abort_msg("proxy: %s", strerror(errno));
}

/* Waits until the thread has seen a change, and unlocks. */
static void changed(struct proxy *p)
{
    uint64_t asked = ++p->asked;
    wake_up(p);
    while (p->obeyed < asked)
        pthread_cond_wait(&p->has_obeyed, &p->mutex);
    pthread_mutex_unlock(&p->mutex);
}

void proxy_close(struct proxy *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->mutex);
    p->closing = true;
    wake_up(p);
    pthread_mutex_unlock(&p->mutex);
    pthread_join(p->thread, NULL);
    close(p->wake[0]);
    close(p->wake[1]);
    close(p->place);
    if (p->listener >= 0)
        close(p->listener);
    pthread_cond_destroy(&p->has_obeyed);
    pthread_mutex_destroy(&p->mutex);
    free(p);
}

int proxy_port(const struct proxy *p)
{
    return p->port;
}

const char *proxy_conninfo(const struct proxy *p)
{
    return p->conninfo;
}

void proxy_pass(struct proxy *p)
{
    pthread_mutex_lock(&p->mutex);
    p->limit = LIMIT_NONE;
    p->stalled = false;
    p->delay = p->piece = 0;
    for (struct link *link = p->links; link; link = link->next)
        for (int direction = 0; direction < 2; direction++)
            for (struct chunk *chunk = link->flow[direction].first; chunk; chunk = chunk->next)
                chunk->due = 0;
    changed(p);
}

static void set_limit(struct proxy *p, enum limit_kind kind, enum proxy_direction direction, uint64_t bytes)
{
    pthread_mutex_lock(&p->mutex);
    p->limit = kind;
    p->direction = direction;
    p->left = bytes;
    p->cut = false;
}

void proxy_cut(struct proxy *p, enum proxy_direction direction, uint64_t bytes, enum proxy_end end)
{
    set_limit(p, LIMIT_CUT, direction, bytes);
    p->end = end;
    changed(p);
}

void proxy_stall(struct proxy *p, enum proxy_direction direction, uint64_t bytes)
{
    set_limit(p, LIMIT_STALL, direction, bytes);
    if (bytes == 0) {
        p->limit = LIMIT_NONE;
        begin_stall(p);
    }
    changed(p);
}

void proxy_when_stalled(struct proxy *p, void (*call)(void))
{
    pthread_mutex_lock(&p->mutex);
    p->when_stalled = call;
    pthread_mutex_unlock(&p->mutex);
}

bool proxy_has_cut(struct proxy *p)
{
    pthread_mutex_lock(&p->mutex);
    bool cut = p->cut;
    pthread_mutex_unlock(&p->mutex);
    return cut;
}

void proxy_delay(struct proxy *p, int microseconds)
{
    pthread_mutex_lock(&p->mutex);
    p->delay = microseconds;
    changed(p);
}

void proxy_pieces(struct proxy *p, int bytes)
{
    pthread_mutex_lock(&p->mutex);
    p->piece = bytes;
    changed(p);
}

void proxy_drop(struct proxy *p, enum proxy_end end)
{
    pthread_mutex_lock(&p->mutex);
    for (struct link *link = p->links; link; link = link->next)
        link->doomed = true;
    p->end = end;
    changed(p);
}

void proxy_refuse(struct proxy *p, bool refuse)
{
    pthread_mutex_lock(&p->mutex);
    p->refusing = refuse;
    changed(p);
}

static uint64_t look(struct proxy *p, const uint64_t *counter)
{
    pthread_mutex_lock(&p->mutex);
    uint64_t value = *counter;
    pthread_mutex_unlock(&p->mutex);
    return value;
}

uint64_t proxy_bytes(struct proxy *p, enum proxy_direction direction)
{
    return look(p, &p->bytes[direction]);
}

uint64_t proxy_turns(struct proxy *p)
{
    return look(p, &p->turns);
}

uint64_t proxy_waits(struct proxy *p)
{
    return look(p, &p->waits);
}

uint64_t proxy_connections(struct proxy *p)
{
    return look(p, &p->connections);
}

/* A proxy between a program and the PostgreSQL server of the environment, in a thread of its own: it counts
 * bytes, cuts connections after any byte of either direction, falls silent, and slows down.
 *
 *   struct proxy *proxy = proxy_open();
 *   ... connect with proxy_conninfo(proxy) ...
 *   proxy_cut(proxy, PROXY_TO_SERVER, 100, PROXY_RESET);    counted from now
 *   ... the work ...
 *   proxy_pass(proxy);
 *   proxy_close(proxy);
 *
 * It listens on 127.0.0.1; the server, that of live_open, may be behind a unix socket or TCP. Open it in the test that
 * uses it (Check forks; threads do not survive that). All functions may be called while data flows; what they ask for
 * is in force when they return. */
#ifndef SUPPORT_PROXY_H
#define SUPPORT_PROXY_H

#include <stdbool.h>
#include <stdint.h>

enum proxy_direction { PROXY_TO_SERVER = 0, PROXY_TO_CLIENT = 1 };

enum proxy_end {
    PROXY_FINISH, /* FIN: an orderly end of the stream */
    PROXY_RESET   /* RST: connection reset by peer */
};

struct proxy;

/* Starts it; fails the test if it can't. */
struct proxy *proxy_open(void);
/* Closes all connections and ends the thread. NULL is allowed. */
void proxy_close(struct proxy *proxy);
int proxy_port(const struct proxy *proxy);
/* A conninfo of the test's database (live_open) through the proxy, without TLS or GSS. Lives as long as the proxy. */
const char *proxy_conninfo(const struct proxy *proxy);

/* Everything passes at once again; nothing is armed. Connections stay as they are, those that were
 * stalled go on. */
void proxy_pass(struct proxy *proxy);
/* After `bytes` more bytes in that direction, over all connections, the connection that carried the last one
 * ends on both sides, what is still in flight in it is lost, and the proxy passes all others, also new ones.
 * 0: it ends with the next byte that comes. */
void proxy_cut(struct proxy *proxy, enum proxy_direction direction, uint64_t bytes, enum proxy_end end);
/* Whether the cut that was armed last has happened. */
bool proxy_has_cut(struct proxy *proxy);
/* After `bytes` more bytes in that direction nothing flows in either direction of any connection, but they stay
 * open; new ones are accepted, and hear nothing. 0: from now on. */
void proxy_stall(struct proxy *proxy, enum proxy_direction direction, uint64_t bytes);
/* Calls it, in the proxy's thread or that of proxy_stall, whenever a stall begins. NULL: no more. */
void proxy_when_stalled(struct proxy *proxy, void (*call)(void));
/* Every byte arrives so much later, in each direction: adds twice that to a round trip. */
void proxy_delay(struct proxy *proxy, int microseconds);
/* Bytes are handed on in pieces of that size; 0: no limit. */
void proxy_pieces(struct proxy *proxy, int bytes);
/* Ends all connections now, and goes on accepting new ones. */
void proxy_drop(struct proxy *proxy, enum proxy_end end);
/* New connections are refused (the listening socket is closed), until called with false. */
void proxy_refuse(struct proxy *proxy, bool refuse);

/* Bytes that were handed on since the proxy was opened. */
uint64_t proxy_bytes(struct proxy *proxy, enum proxy_direction direction);
/* How many times the direction of flow turned from the client to the server: an estimate of round trips
 * by somebody who doesn't trust the library's counter. */
uint64_t proxy_turns(struct proxy *proxy);
/* Messages of the clients after which they wait for the server: Sync and Query. Of connections without TLS. */
uint64_t proxy_waits(struct proxy *proxy);
/* Connections accepted since the proxy was opened. */
uint64_t proxy_connections(struct proxy *proxy);

#endif

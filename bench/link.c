/* The way between contestants and the server, where it is longer than a socket of the same machine: a proxy that hands every
 * byte on so much later, and counts how often somebody waited for an answer.
 *
 *   link MICROSECONDS
 *
 * Prints its port. For each line that comes in it prints how many waits (Sync and Query messages) and bytes to the server and
 * back there were until now. Ends with its input. */
#include "support/proxy.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    char line[64];
    struct proxy *proxy = proxy_open();
    if (argc > 1)
        proxy_delay(proxy, atoi(argv[1]));
    printf("%d\n", proxy_port(proxy));
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin)) {
        printf("%llu %llu %llu\n", (unsigned long long)proxy_waits(proxy),
               (unsigned long long)proxy_bytes(proxy, PROXY_TO_SERVER),
               (unsigned long long)proxy_bytes(proxy, PROXY_TO_CLIENT));
        fflush(stdout);
    }
    proxy_close(proxy);
    return 0;
}

/* The clock of this program and of the library in it, which a test may hold: while it stands still no time limit passes,
 * however slow the machine is. So a limit is short where it is to be met, and none where something must be done.
 *
 *   clock_hold();  what must succeed in spite of the limit
 *   clock_go();    what is to be out of time
 *
 * It is CLOCK_MONOTONIC, by a clock_gettime of the program's own: link held_clock_dep. Waiting for a connection of a full
 * pool goes by the kernel's clock, and may end early while this one is behind. */
#ifndef SUPPORT_HELD_CLOCK_H
#define SUPPORT_HELD_CLOCK_H

/* Both by any thread, and any number of times. At the start it goes. */
void clock_hold(void);
void clock_go(void);

#endif

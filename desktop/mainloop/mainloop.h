#ifndef PIGRID_MAINLOOP_H
#define PIGRID_MAINLOOP_H

// mainloop_deferred is how many calls were made later, on the main loop's thread.
int mainloop_deferred(void);

#endif

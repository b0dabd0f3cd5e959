/* view.h - the screen; view_*.c and input.c alone know curses */
#ifndef MCTOP_VIEW_H
#define MCTOP_VIEW_H

#include "mctop/ui.h"

/* Takes the terminal over: 0, or an exit status after a message. */
int view_open(const struct config *c, bool *utf8);

/* Gives it back; may be called at any time. */
void view_close(void);

/* The same from a signal handler, by the bytes prepared before. */
void view_restore_in_handler(void);

/* Draws everything; curses sends what is different. */
void view_draw(struct ui *u);

/* After SIGWINCH, and after SIGCONT. */
void view_resized(void);
void view_suspend(void);
void view_resume(void);

/* input.c: takes all keys that were typed; false: the terminal is gone. */
bool input_take(struct ui *u);
void input_open(const struct config *c);

#endif

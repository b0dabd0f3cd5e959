/* input.c - keys and the mouse, from curses to ui.h */
#include "mctop/view.h"
#include "mctop/view_parts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void input_open(const struct config *c)
{
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	/* Escape alone is a key; what follows it within 25 ms makes it another. */
	set_escdelay(25);
	if (!c->no_mouse) {
		mouseinterval(200);
		mousemask(BUTTON1_CLICKED | BUTTON1_PRESSED | BUTTON1_DOUBLE_CLICKED |
				  BUTTON4_PRESSED | BUTTON5_PRESSED,
			  NULL);
	}
}

static void take_mouse(struct ui *u)
{
	MEVENT e;

	if (getmouse(&e) != OK || e.y < 0 || e.x < 0)
		return;
	if (e.bstate & BUTTON4_PRESSED)
		ui_mouse(u, MOUSE_UP, (unsigned)e.y, (unsigned)e.x);
	else if (e.bstate & BUTTON5_PRESSED)
		ui_mouse(u, MOUSE_DOWN, (unsigned)e.y, (unsigned)e.x);
	else if (e.bstate & BUTTON1_DOUBLE_CLICKED)
		ui_mouse(u, MOUSE_DOUBLE, (unsigned)e.y, (unsigned)e.x);
	else if (e.bstate & (BUTTON1_CLICKED | BUTTON1_PRESSED))
		ui_mouse(u, MOUSE_CLICK, (unsigned)e.y, (unsigned)e.x);
}

static unsigned special(int key)
{
	static const struct {
		int curses;
		unsigned ui;
	} keys[] = {
		{ KEY_UP, UI_UP },	   { KEY_DOWN, UI_DOWN },
		{ KEY_LEFT, UI_LEFT },	   { KEY_RIGHT, UI_RIGHT },
		{ KEY_PPAGE, UI_PAGE_UP }, { KEY_NPAGE, UI_PAGE_DOWN },
		{ KEY_HOME, UI_HOME },	   { KEY_END, UI_END },
		{ KEY_ENTER, UI_ENTER },   { KEY_BACKSPACE, UI_BACKSPACE },
		{ KEY_BTAB, UI_BACKTAB },  { KEY_DC, UI_DELETE },
		{ KEY_F(1), '?' },	   { KEY_F(3), '/' },
		{ KEY_F(4), 'f' },	   { KEY_F(6), 's' },
		{ KEY_F(10), 'q' },
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i].curses == key)
			return keys[i].ui;
	return 0;
}

static unsigned control(wint_t key)
{
	switch (key) {
	case '\r':
	case '\n':
		return UI_ENTER;
	case '\t':
		return UI_TAB;
	case 0x1b:
		return UI_ESC;
	case 0x7f:
	case '\b':
		return UI_BACKSPACE;
	case 'l' & 0x1f:
		return UI_REDRAW;
	case 'f' & 0x1f:
		return UI_PAGE_DOWN;
	case 'b' & 0x1f:
		return UI_PAGE_UP;
	default:
		return key;
	}
}

bool input_take(struct ui *u)
{
	wint_t key;
	int rc;

	errno = 0;
	while ((rc = get_wch(&key)) != ERR) {
		if (rc == KEY_CODE_YES && key == KEY_MOUSE)
			take_mouse(u);
		else if (rc == KEY_CODE_YES && special((int)key))
			ui_key(u, special((int)key));
		else if (rc == OK)
			ui_key(u, control(key));
		if (u->quit)
			break;
		errno = 0;
	}
	return true;
}

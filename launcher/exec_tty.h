/*
 * The terminal at our end of an interactive exec.
 */
#ifndef LIFTOFF_EXEC_TTY_H
#define LIFTOFF_EXEC_TTY_H

#include <stdbool.h>
#include <termios.h>

/* Zero-initialise; restored by exec_tty_restore(), which may be called twice. */
struct exec_tty {
	struct termios saved;
	int fd;
	bool raw;
};

/* Are both ends a terminal, so that a command can be given one of its own? */
bool exec_tty_fits(int in, int out);
/* Every key goes to the command, Ctrl-C included. False if that cannot be set. */
bool exec_tty_raw(struct exec_tty *tty, int fd);
void exec_tty_restore(struct exec_tty *tty);
/* False when the size is not known. */
bool exec_tty_size(int fd, unsigned *columns, unsigned *rows);

#endif

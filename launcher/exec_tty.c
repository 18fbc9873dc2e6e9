#include "exec_tty.h"

#include <sys/ioctl.h>
#include <unistd.h>

bool exec_tty_fits(int in, int out)
{
	return isatty(in) && isatty(out);
}

bool exec_tty_raw(struct exec_tty *tty, int fd)
{
	struct termios raw;

	if (tcgetattr(fd, &tty->saved) < 0)
		return false;
	raw = tty->saved;
	cfmakeraw(&raw);
	tty->fd = fd;
	tty->raw = tcsetattr(fd, TCSADRAIN, &raw) == 0;
	return tty->raw;
}

void exec_tty_restore(struct exec_tty *tty)
{
	if (tty->raw)
		tcsetattr(tty->fd, TCSADRAIN, &tty->saved);
	tty->raw = false;
}

bool exec_tty_size(int fd, unsigned *columns, unsigned *rows)
{
	struct winsize size = { 0 };

	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || !size.ws_col || !size.ws_row)
		return false;
	*columns = size.ws_col;
	*rows = size.ws_row;
	return true;
}

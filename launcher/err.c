#include "err.h"

#include "buf.h"

#include <stdarg.h>
#include <string.h>

int err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	va_list args;

	err->kind = kind;
	err->hint[0] = '\0';
	va_start(args, format);
	vsnprintf(err->message, sizeof(err->message), format, args);
	va_end(args);
	return -1;
}

int err_wrap(struct err *err, const char *format, ...)
{
	auto_buf struct buf text = { 0 };
	char context[512];
	va_list args;

	va_start(args, format);
	vsnprintf(context, sizeof(context), format, args);
	va_end(args);
	buf_printf(&text, "%s: %s", context, err->message);
	snprintf(err->message, sizeof(err->message), "%s", text.data);
	return -1;
}

int err_hint(struct err *err, const char *format, ...)
{
	va_list args;

	if (err->hint[0])
		return -1;
	va_start(args, format);
	vsnprintf(err->hint, sizeof(err->hint), format, args);
	va_end(args);
	return -1;
}

int err_exit_code(const struct err *err)
{
	switch (err->kind) {
	case ERR_NONE:
		return 0;
	case ERR_FAILED:
		return 1;
	case ERR_USAGE:
		return 64;
	case ERR_UNREACHABLE:
		return 69;
	case ERR_HELD:
		return 75;
	case ERR_PROFILE:
		return 78;
	case ERR_TIMEOUT:
		return 124;
	case ERR_SIGNAL:
		return 128 + err->signal;
	}
	BUG("unknown error kind");
}

_Noreturn void bug_at(const char *file, int line, const char *what)
{
	fprintf(stderr, "liftoff: bug: %s:%d: %s\n", file, line, what);
	abort();
}

_Noreturn void die_out_of_memory(void)
{
	static const char text[] = "liftoff: out of memory\n";

	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(1);
}

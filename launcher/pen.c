#include "pen.h"

#include "printable.h"

void pen_put(struct pen *pen, const char *style, const char *text)
{
	auto_buf struct buf cut = { 0 };
	size_t width;

	printable_cut(&cut, text, pen->left);
	width = printable_width(buf_text(&cut));
	pen->left -= width;
	pen->used += width;
	if (pen->color && *style)
		buf_printf(pen->out, "\033[%sm%s\033[0m", style, buf_text(&cut));
	else
		buf_puts(pen->out, buf_text(&cut));
}

void pen_pad(struct pen *pen, size_t column)
{
	while (pen->used < column && pen->left) {
		buf_puts(pen->out, " ");
		pen->used++;
		pen->left--;
	}
}

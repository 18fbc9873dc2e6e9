/* MongoDB's answer to hello: read only what is there, make it printable. */
#include "err.h"
#include "mongo_hello.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_text(const char *text, size_t room)
{
	size_t size = strnlen(text, room);

	if (size == room)
		BUG("text without an end");
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)text[i] < ' ')
			BUG("a control character in text");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mongo_hello hello;

	if (mongo_hello_read(data, size, &hello) != 1)
		return 0;
	must_be_text(hello.set_name, sizeof(hello.set_name));
	must_be_text(hello.me, sizeof(hello.me));
	must_be_text(hello.primary, sizeof(hello.primary));
	must_be_text(hello.errmsg, sizeof(hello.errmsg));
	if (hello.host_count > MONGO_HOSTS)
		BUG("more hosts than there is room for");
	for (size_t i = 0; i < hello.host_count; i++)
		must_be_text(hello.hosts[i], sizeof(hello.hosts[i]));
	return 0;
}

/* upload: files packed as one tar, read back by libarchive. */
#include "unit.h"

#include "upload.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define LONG_NAME                                                                        \
	"a-directory-with-a-very-long-name-that-no-ustar-header-holds-in-its-prefix-or-" \
	"name-because-it-is-far-beyond-the-hundred-bytes-that-are-there-for-it"

static const struct upload_file files[] = {
	{ "/etc/nginx/nginx.conf", "events {}\n", 10, 0644, 0, 0 },
	{ "/data/keyfile", "secret", 6, 0400, 999, 999 },
	{ "/empty", NULL, 0, 0600, 65533, 65533 },
	{ "/z/" LONG_NAME "/" LONG_NAME, "x", 1, 0755, 3000000, 1 },
	{ "/a/gr\xc3\xbc\xc3\x9f"
	  "e",
	  "y", 1, 04755, 0, 0 },
};

static struct archive *open_tar(const struct buf *tar)
{
	struct archive *archive = archive_read_new();

	archive_read_support_format_tar(archive);
	assert_int_equal(archive_read_open_memory(archive, tar->data, tar->size),
			 ARCHIVE_OK);
	return archive;
}

static void files_come_back_as_they_were_given(void **state)
{
	auto_buf struct buf tar = { 0 };
	struct archive_entry *entry;
	struct err err = { 0 };
	struct archive *archive;

	(void)state;
	assert_int_equal(upload_tar(&tar, files, COUNT_OF(files), &err), 0);
	archive = open_tar(&tar);
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		char data[64] = "";

		assert_true(archive_read_next_header(archive, &entry) >= ARCHIVE_WARN);
		assert_string_equal(archive_entry_pathname(entry), files[i].path + 1);
		assert_int_equal(archive_entry_filetype(entry), AE_IFREG);
		assert_int_equal(archive_entry_perm(entry), files[i].mode);
		assert_int_equal(archive_entry_uid(entry), files[i].uid);
		assert_int_equal(archive_entry_gid(entry), files[i].gid);
		assert_int_equal(archive_entry_size(entry), files[i].size);
		assert_int_equal(archive_entry_mtime(entry), 0);
		assert_int_equal(archive_read_data(archive, data, sizeof(data)),
				 files[i].size);
		if (files[i].size)
			assert_memory_equal(data, files[i].data, files[i].size);
	}
	assert_int_equal(archive_read_next_header(archive, &entry), ARCHIVE_EOF);
	archive_read_free(archive);
}

static void the_same_files_give_the_same_bytes(void **state)
{
	auto_buf struct buf one = { 0 }, two = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(upload_tar(&one, files, COUNT_OF(files), &err), 0);
	assert_int_equal(upload_tar(&two, files, COUNT_OF(files), &err), 0);
	assert_int_equal(one.size, two.size);
	assert_memory_equal(one.data, two.data, one.size);
	/* Blocks of 512, and two empty ones at the end, as tar wants. */
	assert_int_equal(one.size % 512, 0);
}

static void no_file_is_an_empty_tar(void **state)
{
	auto_buf struct buf tar = { 0 };
	struct archive_entry *entry;
	struct err err = { 0 };
	struct archive *archive;

	(void)state;
	assert_int_equal(upload_tar(&tar, NULL, 0, &err), 0);
	assert_int_equal(tar.size, 1024);
	archive = open_tar(&tar);
	assert_int_equal(archive_read_next_header(archive, &entry), ARCHIVE_EOF);
	archive_read_free(archive);
}

static void paths_that_lead_astray_are_refused(void **state)
{
	static const char *const paths[] = { "relative", "",      "/",          "/a/../b",
					     "/..",      "/a//b", "/./a",       "/a/",
					     "/.",       "/a/.",  "/\033[1m/.." };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		struct upload_file file = { .path = paths[i], .data = "", .mode = 0644 };
		auto_buf struct buf tar = { 0 };
		struct err err = { 0 };

		assert_int_equal(upload_tar(&tar, &file, 1, &err), -1);
		assert_non_null(strstr(err.message, "absolute path"));
		assert_null(strchr(err.message, '\033'));
	}
	{
		struct upload_file dots = { .path = "/a/..b/...",
					    .data = "",
					    .mode = 0644 };
		auto_buf struct buf tar = { 0 };
		struct err err = { 0 };

		assert_int_equal(upload_tar(&tar, &dots, 1, &err), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_come_back_as_they_were_given),
		cmocka_unit_test(the_same_files_give_the_same_bytes),
		cmocka_unit_test(no_file_is_an_empty_tar),
		cmocka_unit_test(paths_that_lead_astray_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

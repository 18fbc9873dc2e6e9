#include "upload.h"

#include "printable.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <string.h>

static la_ssize_t tar_add(struct archive *archive, void *context, const void *data,
			  size_t size)
{
	(void)archive;
	buf_add(context, data, size);
	return (la_ssize_t)size;
}

/* Absolute, with a name at its end, and no "", "." or ".." on the way. */
static bool path_is_good(const char *path)
{
	if (path[0] != '/')
		return false;
	while (*path == '/') {
		size_t size = strcspn(++path, "/");

		if (!size || (size == 1 && path[0] == '.') ||
		    (size == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		path += size;
	}
	return true;
}

static int tar_failed(struct archive *archive, const char *path, struct err *err)
{
	const char *why = archive_error_string(archive);
	char safe[300];

	printable_copy(safe, sizeof(safe), path, strlen(path));
	return err_set(err, ERR_FAILED, "packing %s: %s", safe,
		       why ? why : "no reason given");
}

static int tar_add_file(struct archive *archive, struct archive_entry *entry,
			const struct upload_file *file, struct err *err)
{
	if (!path_is_good(file->path)) {
		archive_set_error(archive, 0, "not an absolute path of a file");
		return tar_failed(archive, file->path, err);
	}
	archive_entry_clear(entry);
	archive_entry_set_pathname(entry, file->path + 1);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, file->mode & 07777);
	archive_entry_set_uid(entry, file->uid);
	archive_entry_set_gid(entry, file->gid);
	archive_entry_set_size(entry, (la_int64_t)file->size);
	archive_entry_set_mtime(entry, 0, 0);
	/* A warning is about a name the locale cannot spell: its bytes go in as they are.
	 */
	if (archive_write_header(archive, entry) < ARCHIVE_WARN)
		return tar_failed(archive, file->path, err);
	if (file->size &&
	    archive_write_data(archive, file->data, file->size) != (la_ssize_t)file->size)
		return tar_failed(archive, file->path, err);
	return 0;
}

static int tar_write(struct archive *archive, struct archive_entry *entry,
		     struct buf *tar, const struct upload_file *files, size_t count,
		     struct err *err)
{
	/* pax headers only where ustar cannot say it: long names, large ids. */
	archive_write_set_format_pax_restricted(archive);
	archive_write_set_bytes_in_last_block(archive, 1);
	if (archive_write_open(archive, tar, NULL, tar_add, NULL) != ARCHIVE_OK)
		return tar_failed(archive, "files", err);
	for (size_t i = 0; i < count; i++) {
		if (tar_add_file(archive, entry, &files[i], err) < 0)
			return -1;
	}
	if (archive_write_close(archive) != ARCHIVE_OK)
		return tar_failed(archive, "files", err);
	return 0;
}

int upload_tar(struct buf *tar, const struct upload_file *files, size_t count,
	       struct err *err)
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	int result;

	if (!archive || !entry)
		die_out_of_memory();
	result = tar_write(archive, entry, tar, files, count, err);
	archive_entry_free(entry);
	archive_write_free(archive);
	return result;
}

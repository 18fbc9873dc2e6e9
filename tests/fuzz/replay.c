/*
 * Runs a fuzz target over files and directories of files: without libFuzzer,
 * as part of `make check`. Without arguments it takes the target's own corpus.
 */
#include "buf.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
	auto_buf struct buf bytes = { 0 };
	auto_free uint8_t *exact = NULL;
	auto_fclose FILE *file = fopen(path, "rb");
	char piece[4096];
	size_t got;

	if (!file) {
		perror(path);
		return -1;
	}
	while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_add(&bytes, piece, got);
	/* Of exactly that size, so that a sanitizer sees one byte too far. */
	exact = malloc(bytes.size ? bytes.size : 1);
	if (!exact)
		return -1;
	if (bytes.size)
		memcpy(exact, bytes.data, bytes.size);
	LLVMFuzzerTestOneInput(exact, bytes.size);
	return 1;
}

/* How many files ran, or -1. */
static int run_path(const char *path)
{
	struct dirent *entry;
	struct stat st;
	int count = 0;
	DIR *directory;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return run_file(path);
	directory = opendir(path);
	if (!directory) {
		perror(path);
		return -1;
	}
	while (count >= 0 && (entry = readdir(directory))) {
		auto_buf struct buf name = { 0 };

		if (entry->d_name[0] == '.')
			continue;
		buf_printf(&name, "%s/%s", path, entry->d_name);
		count = run_file(name.data) < 0 ? -1 : count + 1;
	}
	closedir(directory);
	return count;
}

int main(int argc, char **argv)
{
	int total = 0;

	if (argc < 2)
		total = run_path(CORPUS_DIR);
	for (int i = 1; i < argc && total >= 0; i++) {
		int count = run_path(argv[i]);

		total = count < 0 ? -1 : total + count;
	}
	printf("%d inputs\n", total);
	return total > 0 ? 0 : 1;
}

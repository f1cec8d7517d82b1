/* Files, temporary and other, and the environment variables of child processes. Paths are UTF-8. */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The path (UTF-8) of a temporary file called name; no such file need exist. The caller frees it. */
char *temporary_file(const char *name);

/* Deletes a file and frees its path. */
void delete_file(char *path);

/* The file path (UTF-8), empty, to write to. Ends the program if it cannot be made. */
FILE *open_file_to_write(const char *path);

/* Copies a file, byte for byte. Ends the program if it cannot, or if to is there already. */
void copy_file(const char *from, const char *to);

/* Is there such a file or folder? path in UTF-8. */
bool file_exists(const char *path);

/* Sets an environment variable, for child processes, to a path (UTF-8); NULL removes it. */
void set_variable(const char *name, const char *path);

/* Writes size pseudo-random bytes, the same for the same seed. Ends the program if it cannot. */
void write_random_file(const char *path, size_t size, unsigned seed);

/* The whole file and its size; the caller frees it. NULL if it cannot be read. */
char *read_file(const char *path, size_t *size);

/* Do both files hold the same bytes? If not, *at is the first place where they differ. */
bool same_content(const char *one, const char *other, size_t *at);

#endif

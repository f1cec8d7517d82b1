/* Texts: what is in them, line by line, and as UTF-16. */
#ifndef TEXT_H
#define TEXT_H

#include "report.h"

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* Does part stand in text? */
bool has(const char *text, const char *part);

/* The same with no letter, digit or underline around it. */
bool has_word(const char *text, const char *word);

bool ends_with(const char *text, const char *end);

/* Compares two texts line by line; empty lines do not count. Cuts both into pieces. false: they differ, and *v says
   where: a text that ends before the other one differs, too. whose: how the second one is called, such as "this
   run". */
bool same_lines(char *shown, char *fresh, const char *whose, struct verdict *v);

/* UTF-8 as UTF-16, which the caller frees, and back into a buffer of size bytes. */
wchar_t *to_wide(const char *utf8);
void to_utf8(const wchar_t *wide, char *utf8, size_t size);

#endif

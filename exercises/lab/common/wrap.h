/* Text for a terminal: paragraphs in lines of at most 78 columns, whatever lines they have in the file. */
#ifndef WRAP_H
#define WRAP_H

/* Prints Markdown or plain text to stdout. Headings, tables, list items, indented lines and what stands between ```
   keep their lines. */
void print_wrapped(const char *text);

/* The same behind so many blanks. */
void print_indented(int indent, const char *text);

#endif

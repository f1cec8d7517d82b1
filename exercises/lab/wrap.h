/* Text for a terminal: paragraphs in lines of at most 78 columns, whatever lines they have in the file. */
#ifndef WRAP_H
#define WRAP_H

/* Prints Markdown or plain text to stdout. Headings, tables, list items and what stands between ``` keep their lines. */
void print_wrapped(const char *text);

#endif

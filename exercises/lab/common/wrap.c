/* Printing paragraphs. */
#include "wrap.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 78

/* Does this line begin something new, whatever stood before it? */
static bool begins_new(const char *line)
{
    return line[0] == '#' || line[0] == '|' || line[0] == '[' || strncmp(line, "- ", 2) == 0
           || strncmp(line, "**", 2) == 0 || (line[0] >= '1' && line[0] <= '9' && line[1] == '.');
}

/* Prints the words of a line behind column, each line behind indent blanks; returns the new column. */
static size_t print_words(const char *line, size_t length, size_t column, int indent)
{
    while (length > 0) {
        size_t word = 0;

        while (word < length && line[word] != ' ')
            word++;
        if (word > 0) {
            if (column > 0 && column + 1 + word > WIDTH) {
                putchar('\n');
                column = 0;
            }
            column += (size_t)printf("%*s%.*s", column > 0 ? 1 : indent, "", (int)word, line);
        }
        line += word;
        length -= word;
        while (length > 0 && *line == ' ')
            line++, length--;
    }
    return column;
}

void print_wrapped(const char *text)
{
    print_indented(0, text);
}

void print_indented(int indent, const char *text)
{
    bool verbatim = false;
    size_t column = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, "\r\n");
        bool fence = strncmp(text, "```", 3) == 0, code = strncmp(text, "    ", 4) == 0;

        if (column > 0 && (length == 0 || fence || verbatim || code || begins_new(text))) {
            putchar('\n');
            column = 0;
        }
        if (length == 0 || verbatim || fence || code)
            printf("%*s%.*s\n", length > 0 ? indent : 0, "", (int)length, text);
        else
            column = print_words(text, length, column, indent);
        verbatim ^= fence;
        text += length;
        if (*text == '\r')
            text++;
        if (*text == '\n')
            text++;
    }
    if (column > 0)
        putchar('\n');
}

/* Taking a C file apart. It is no parser: it knows comments, strings and brackets. That is enough for
   sources that are written as these are: one declaration after the other, and no #if. */
#include "pieces.h"
#include "common/common.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MOST_LINES 400          /* of one piece */
#define BLANKS " \t\n"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789"

static bool is_comment(const char *at)
{
    return strncmp(at, "/*", 2) == 0 || strncmp(at, "//", 2) == 0;
}

/* Behind the comment, the string or the character that begins at this place. */
static const char *step_over(const char *at)
{
    const char *end;
    char quote = *at;

    if (strncmp(at, "/*", 2) == 0) {
        end = strstr(at + 2, "*/");
        return end != NULL ? end + 2 : at + strlen(at);
    }
    if (strncmp(at, "//", 2) == 0)
        return at + strcspn(at, "\n");
    if (quote != '"' && quote != '\'')
        return at + 1;
    for (at++; *at != '\0' && *at != quote; at++)
        if (*at == '\\' && at[1] != '\0')
            at++;
    return *at != '\0' ? at + 1 : at;
}

/* The end of the line, and of a comment that goes on in the next one. A backslash continues a line. */
static const char *end_of_line(const char *at)
{
    while (*at != '\0' && (*at != '\n' || at[-1] == '\\'))
        at = step_over(at);
    return at;
}

static const char *skip_comments(const char *at)
{
    at += strspn(at, BLANKS);
    while (is_comment(at)) {
        at = step_over(at);
        at += strspn(at, BLANKS);
    }
    return at;
}

static void set_name(char *name, const char *from, size_t length)
{
    if (length >= LONGEST_NAME)
        length = LONGEST_NAME - 1;
    memcpy(name, from, length);
    name[length] = '\0';
}

/* #include <process.h> is called process.h, #define BUFFER_SIZE 65536 is called BUFFER_SIZE. */
static const char *read_directive(const char *at, char *name)
{
    const char *word = at + 1 + strspn(at + 1, " ");

    word += strspn(word, LETTERS);
    word += strspn(word, " <\"");
    set_name(name, word, strspn(word, LETTERS "./"));
    return end_of_line(at);
}

/* The name is the last word before the first of these signs. A function ends with its last bracket,
   everything else with a semicolon. */
static const char *read_declaration(const char *at, char *name)
{
    char sign = '\0';
    int depth = 0;

    while (*at != '\0') {
        size_t word = strspn(at, LETTERS);

        if (is_comment(at)) {
            at = step_over(at);
            continue;
        }
        if (word > 0) {
            if (sign == '\0')
                set_name(name, at, word);
            at += word;
            continue;
        }
        if (sign == '\0' && strchr("([=;,{", *at) != NULL)
            sign = *at;
        if (strchr("([{", *at) != NULL)
            depth++;
        else if (strchr(")]}", *at) != NULL)
            depth--;
        if (depth == 0 && (*at == ';' || (*at == '}' && sign == '(')))
            return end_of_line(at);
        at = step_over(at);
    }
    return at;
}

/* The piece called name becomes the last one. It is made if there is none. */
static struct piece *last_piece(struct pieces *pieces, const char *name)
{
    struct piece piece = { .text = NULL };
    int i = find_piece(pieces, name);

    if (i >= 0) {
        piece = pieces->list[i];
        pieces->count--;
        memmove(&pieces->list[i], &pieces->list[i + 1], (size_t)(pieces->count - i) * sizeof piece);
    } else if (pieces->count == MOST_PIECES) {
        die("a source has more than %d pieces", MOST_PIECES);
    }
    set_name(piece.name, name, strlen(name));
    pieces->list[pieces->count] = piece;
    return &pieces->list[pieces->count++];
}

static void add(struct pieces *pieces, const char *name, const char *from, size_t length)
{
    struct piece *piece = last_piece(pieces, name);
    size_t before = piece->text != NULL ? strlen(piece->text) : 0;

    piece->text = realloc(piece->text, before + length + 2);
    if (piece->text == NULL)
        die("out of memory");
    memcpy(piece->text + before, from, length);
    strcpy(piece->text + before + length, "\n");
}

static void remove_returns(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++)
        if (*text != '\r')
            *to++ = *text;
    *to = '\0';
}

void take_apart(char *source, struct pieces *pieces)
{
    const char *at, *start;

    remove_returns(source);
    pieces->count = 0;
    start = skip_comments(source);
    while (*start != '\0') {
        char name[LONGEST_NAME] = "the end of the file";

        at = skip_comments(start);
        if (*at == '#')
            at = read_directive(at, name);
        else
            at = read_declaration(at, name);
        add(pieces, name, start, (size_t)(at - start));
        start = at + strspn(at, BLANKS);
    }
}

void free_pieces(struct pieces *pieces)
{
    for (int i = 0; i < pieces->count; i++)
        free(pieces->list[i].text);
    pieces->count = 0;
}

int find_piece(const struct pieces *pieces, const char *name)
{
    for (int i = 0; i < pieces->count; i++)
        if (strcmp(pieces->list[i].name, name) == 0)
            return i;
    return -1;
}

/* Where each line of a text begins. Returns how many; behind them, in the array, stands the end. */
static int find_lines(const char *text, const char **lines)
{
    int n = 0;

    for (lines[0] = text; *text != '\0' && n < MOST_LINES; lines[++n] = text) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return n;
}

/* All lines but those of the longest common subsequence. The usual table, of which one row is kept. */
int differing_lines(const char *one, const char *other)
{
    static const char *a[MOST_LINES + 1], *b[MOST_LINES + 1];
    static int best[MOST_LINES + 1];
    int n = find_lines(one, a), m = find_lines(other, b);

    memset(best, 0, sizeof best);
    for (int i = 0; i < n; i++) {
        int diagonal = 0;               /* the row before, one place to the left */

        for (int j = 0; j < m; j++) {
            size_t length = (size_t)(a[i + 1] - a[i]);
            bool same = length == (size_t)(b[j + 1] - b[j]) && memcmp(a[i], b[j], length) == 0;
            int above = best[j + 1];

            if (same)
                best[j + 1] = diagonal + 1;
            else if (best[j] > above)
                best[j + 1] = best[j];
            diagonal = above;
        }
    }
    return n + m - 2 * best[m];
}

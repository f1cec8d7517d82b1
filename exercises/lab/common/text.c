/* Texts. */
#include "text.h"

#include <windows.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static bool is_part_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        if ((at == text || !is_part_of_word(at[-1])) && !is_part_of_word(at[length]))
            return true;
    return false;
}

bool ends_with(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

bool same_lines(char *shown, char *fresh, const char *whose, struct verdict *v)
{
    char *rest_shown, *rest_fresh;
    char *s = strtok_s(shown, "\r\n", &rest_shown), *f = strtok_s(fresh, "\r\n", &rest_fresh);
    int same = 0;

    while (s != NULL && f != NULL && strcmp(s, f) == 0) {
        s = strtok_s(NULL, "\r\n", &rest_shown);
        f = strtok_s(NULL, "\r\n", &rest_fresh);
    }
    if (s == NULL && f == NULL)
        return true;
    /* Of two long lines only what is around the first difference. */
    while (s != NULL && f != NULL && s[same] != '\0' && s[same] == f[same])
        same++;
    same = same > 30 ? same - 30 : 0;
    *v = (struct verdict){ 0 };
    return fail(v, MESSAGE, "it shows \"%s%.120s\"; %s: \"%s%.120s\"", same > 0 ? "..." : "",
                s != NULL ? s + same : "nothing more", whose, same > 0 ? "..." : "",
                f != NULL ? f + same : "nothing more");
}

wchar_t *to_wide(const char *utf8)
{
    int size = MultiByteToWideChar(CP_UTF8, 0, utf8, -1, NULL, 0);
    wchar_t *wide = malloc((size_t)size * sizeof *wide);

    if (wide == NULL)
        die("out of memory");
    MultiByteToWideChar(CP_UTF8, 0, utf8, -1, wide, size);
    return wide;
}

void to_utf8(const wchar_t *wide, char *utf8, size_t size)
{
    if (WideCharToMultiByte(CP_UTF8, 0, wide, -1, utf8, (int)size, NULL, NULL) == 0)
        die("a name is too long for UTF-8: error %lu", GetLastError());
}

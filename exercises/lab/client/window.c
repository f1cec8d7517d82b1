/* Chapter 03's client as a user has it: a console of its own as stdin, so the edit line is the keyboard. */
#include "client.h"

#include <windows.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

/* As in 03_asyncselect/client.c. */
enum { EDIT = 100, LIST = 101 };

#define PATIENCE 1000           /* times 10 ms: the first window of a Wine desktop takes a while */

struct search {
    DWORD process;
    HWND window;
};

static BOOL CALLBACK is_it(HWND window, LPARAM argument)
{
    struct search *search = (struct search *)argument;
    char class[40];
    DWORD process;

    GetWindowThreadProcessId(window, &process);
    GetClassNameA(window, class, sizeof class);
    if (process == search->process && strcmp(class, "client") == 0)
        search->window = window;
    return search->window == NULL;
}

static HWND find_window(const struct process *client)
{
    struct search search = { client->id, NULL };

    WaitForInputIdle(client->handle, 5000);
    for (int i = 0; i < 500 && search.window == NULL; i++) {
        EnumWindows(is_it, (LPARAM)&search);
        Sleep(10);
    }
    return search.window;
}

/* Until the title contains text. */
static bool wait_for_title(HWND window, const char *text)
{
    char title[300] = "";

    for (int i = 0; i < PATIENCE; i++) {
        GetWindowTextA(window, title, sizeof title);
        if (strstr(title, text) != NULL)
            return true;
        Sleep(10);
    }
    note("the title is \"%s\"", title);
    return false;
}

static bool wait_for_line(HWND window, int number, const WCHAR *text)
{
    HWND list = GetDlgItem(window, LIST);
    WCHAR line[300] = L"";

    for (int i = 0; i < PATIENCE; i++) {
        if (SendMessageW(list, LB_GETTEXTLEN, (WPARAM)number, 0) < 300
            && SendMessageW(list, LB_GETTEXT, (WPARAM)number, (LPARAM)line) != LB_ERR
            && wcscmp(line, text) == 0)
            return true;
        Sleep(10);
    }
    note("line %d of the list is \"%ls\"", number, line);
    return false;
}

static bool desktop_is_there(void)
{
    HWND window = CreateWindowExA(0, "STATIC", "", WS_OVERLAPPEDWINDOW, 0, 0, 10, 10, NULL, NULL, NULL, NULL);

    if (window != NULL)
        DestroyWindow(window);
    return window != NULL;
}

static void expect_end(struct verdict *v, struct process *client, unsigned long expected)
{
    unsigned long code;

    if (!wait_for_exit(client, 7000, &code))
        fail(v, NO_EXIT, "its window was closed, but it has not ended");
    else if (code != expected)
        fail(v, symptom_of_exit(code), "its exit code is 0x%lx, not %lu", code, expected);
}

/* Types two lines, reads them in the list, closes the window. */
static void talk(struct verdict *v, HWND window, struct process *client)
{
    /* The second is Korean, "hello": the edit line, UTF-8 on the wire, and the list must agree. */
    static const WCHAR *const lines[] = { L"first line", L"\xc548\xb155" };

    if (!wait_for_title(window, "connected")) {
        fail(v, STALL, "the title does not say that it is connected");
        return;
    }
    for (int i = 0; i < 2; i++) {
        SendMessageW(GetDlgItem(window, EDIT), WM_SETTEXT, 0, (LPARAM)lines[i]);
        SendMessageW(GetDlgItem(window, IDOK), BM_CLICK, 0, 0);
        if (!wait_for_line(window, i, lines[i]))
            fail(v, STALL, "what was typed does not come back into the list");
    }
    PostMessageA(window, WM_CLOSE, 0, 0);
    expect_end(v, client, 0);
}

/* The title is written first, the button goes grey a moment later. */
static bool wait_until_grey(HWND button)
{
    for (int i = 0; i < PATIENCE && IsWindowEnabled(button); i++)
        Sleep(10);
    return !IsWindowEnabled(button);
}

/* The server goes: the window must say so, take no more input, and wait for its user. */
static void be_left(struct verdict *v, HWND window, struct process *client)
{
    if (!wait_for_title(window, "has ended"))
        fail(v, MESSAGE, "the title does not say that the connection has ended");
    if (!wait_until_grey(GetDlgItem(window, IDOK)))
        fail(v, MESSAGE, "the Send button can still be pressed");
    PostMessageA(window, WM_CLOSE, 0, 0);
    expect_end(v, client, 1);
}

static void try_window(const char *name, behaviour behave, void (*use)(struct verdict *, HWND, struct process *))
{
    struct verdict v = { 0 };
    double start = now();
    int port;
    struct bad_server *server = start_bad_server(behave, &port);
    struct process client;
    char command[100];
    HWND window;

    start_dialogue();
    snprintf(command, sizeof command, "%s 127.0.0.1 %d", program_of(find_chapter("03"), "client"), port);
    note("%s", command);
    if (!start_in_console(&client, command)) {
        fail(&v, EXITED, "the client could not be started: error %lu", GetLastError());
    } else {
        window = find_window(&client);
        if (window == NULL)
            fail(&v, STALL, "it opens no window");
        else
            use(&v, window, &client);
    }
    stop_process(&client);
    stop_bad_server(server);
    print_verdict(name, &v, now() - start);
}

void test_window(void)
{
    struct verdict v = { 0 };

    if (!desktop_is_there()) {
        skip(&v, "there is no desktop");
        print_verdict("a window: type, send, read, close", &v, 0);
        print_verdict("a window: the server goes", &v, 0);
        return;
    }
    try_window("a window: type, send, read, close", echo, talk);
    try_window("a window: the server goes", close_after_a_while, be_left);
}

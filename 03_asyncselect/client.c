/*
 * 03_asyncselect - a window that stays alive while the network does not answer.
 *
 * Whatever happens is a message in one queue: a key, a click, FD_CONNECT, FD_READ, FD_WRITE, FD_CLOSE,
 * the timer. The thread sleeps in GetMessage, handles one message, and sleeps again. Type a line and
 * press Enter; closing the window ends the conversation.
 * If stdin is redirected, it is read instead of the edit line. Without a desktop a message-only window
 * does the same.
 *
 * The calls of this model: CreateWindowEx, WSAAsyncSelect, connect, GetMessage, SetTimer, recv, send.
 * Watch for: no handler waits. A recv that slept would be a window that does not repaint.
 *
 *   gcc -std=c11 -o client client.c -lws2_32 -lgdi32
 *   client [host [port]]                    or, as a filter:    client <book.pdf >copy.pdf
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536
#define PIECE_SIZE  65536
#define PATIENCE    5000                /* milliseconds */
#define LINES       200                 /* in the list; of a file it shows the beginning */
#define LONGEST_LINE 999                /* that can be typed */

#define WM_NETWORK  (WM_APP + 0)        /* wparam: the socket; lparam: event and error */
#define WM_KEYBOARD (WM_APP + 1)        /* wparam: how many bytes lie in piece; 0: the end of stdin */

enum { EDIT = 100, LIST, TIMER };       /* the Send button is IDOK: Enter presses it, too */

/* What was typed. The buffer is lent to the keyboard's thread when piece_free is set, and comes back
   full; then the main thread sends it. So stdin is read no faster than the network takes it. */
static char piece[PIECE_SIZE];
static int piece_length, piece_sent;    /* the main thread's */
static HANDLE piece_free;

static HWND window, edit, button, list; /* the last three are NULL where there is no desktop */
static BOOL by_hand;                    /* the edit line is the keyboard; there is no other */
static BOOL over;                       /* the connection has ended; the window may still be there */

static const char *host, *port;
static BOOL connected, said_all;        /* said_all: our half of the connection is closed */
static unsigned long long bytes_out, bytes_back;
static ULONGLONG last_news;             /* from the server, in milliseconds */

/* The same in all clients that wait for keyboard and network; they stand at the end of each file. */
static _Noreturn void die(int error, const char *format, ...);
static struct sockaddr_in server_address(int argc, char **argv);
static int read_input(char *space, int size);
static void write_output(const char *bytes, int n);
static DWORD time_left(void);
static _Noreturn void no_answer(void);
static void count_out(int n);
static void take_back(const char *bytes, int n);
static void say_all(SOCKET network);
static _Noreturn void server_closed(void);

/* The keyboard's thread, if stdin is redirected. Ends with the program, or at the end of stdin. */
static unsigned __stdcall read_keyboard(void *argument)
{
    int n;

    (void)argument;
    do {
        if (WaitForSingleObject(piece_free, INFINITE) == WAIT_FAILED)
            die((int)GetLastError(), "WaitForSingleObject");
        n = read_input(piece, sizeof piece);
        if (!PostMessageW(window, WM_KEYBOARD, (WPARAM)n, 0))
            die((int)GetLastError(), "PostMessage");
    } while (n > 0);
    return 0;
}

static void show_state(const char *state)
{
    char title[300];

    snprintf(title, sizeof title, "Echo client - %s - %s:%s", state, host, port);
    SetWindowTextA(window, title);
    EnableWindow(edit, by_hand && connected && !said_all && !over);
    EnableWindow(button, by_hand && connected && !said_all && !over && piece_sent == piece_length);
}

static void show_line(const char *line, int length)
{
    WCHAR text[256];
    int count = MultiByteToWideChar(CP_UTF8, 0, line, length, text, 255);

    text[count] = L'\0';
    if (SendMessageW(list, LB_GETCOUNT, 0, 0) == LINES) {
        if (!by_hand)
            return;
        SendMessageW(list, LB_DELETESTRING, 0, 0);
    }
    SendMessageW(list, LB_SETTOPINDEX, SendMessageW(list, LB_ADDSTRING, 0, (LPARAM)text), 0);
}

/* Cuts what came back into lines for the list. Of much it shows a part; stdout gets everything. */
static void show_echo(const char *bytes, int n)
{
    static char line[200];
    static int length;

    for (int i = 0; i < n && i < 1000; i++) {
        if (bytes[i] != '\n')
            line[length++] = bytes[i];
        if (length > 0 && (bytes[i] == '\n' || length == sizeof line)) {
            show_line(line, length);
            length = 0;
        }
    }
}

/* Receives what is there: FD_READ is posted again if bytes are left. FALSE: nothing was. */
static BOOL on_readable(SOCKET network)
{
    static char buffer[BUFFER_SIZE];
    int n = recv(network, buffer, sizeof buffer, 0);

    if (n > 0) {
        take_back(buffer, n);
        if (list != NULL)
            show_echo(buffer, n);
    } else if (n == 0) {
        server_closed();
    } else if (WSAGetLastError() != WSAEWOULDBLOCK) {
        die(WSAGetLastError(), "recv");
    }
    return n > 0;
}

static void set_timer(DWORD milliseconds)
{
    if (SetTimer(window, TIMER, milliseconds, NULL) == 0)
        die((int)GetLastError(), "SetTimer");
}

static void send_piece(SOCKET network)
{
    while (piece_sent < piece_length) {
        int n = send(network, piece + piece_sent, piece_length - piece_sent, 0);

        if (n == SOCKET_ERROR) {
            if (WSAGetLastError() != WSAEWOULDBLOCK)
                die(WSAGetLastError(), "send");
            break;                      /* FD_WRITE will say when to go on */
        }
        count_out(n);
        piece_sent += n;
    }
    set_timer(time_left());
    if (piece_sent == piece_length && !SetEvent(piece_free))
        die((int)GetLastError(), "SetEvent");
    EnableWindow(button, by_hand && piece_sent == piece_length);
}

static void end_of_input(SOCKET network)
{
    say_all(network);
    set_timer(PATIENCE);
    show_state("closing");
}

static void on_connected(int error)
{
    if (error != 0)
        die(error, "connect %s:%s", host, port);
    connected = TRUE;
    show_state("connected");
    SetFocus(edit);
    if (!by_hand && _beginthreadex(NULL, 0, read_keyboard, NULL, 0, NULL) == 0)
        die(0, "_beginthreadex: no thread for the keyboard");
}

static void on_network(SOCKET network, int event, int error)
{
    switch (event) {
    case FD_CONNECT:
        on_connected(error);
        break;
    case FD_READ:
        on_readable(network);
        break;
    case FD_WRITE:
        if (piece_sent < piece_length)
            send_piece(network);
        break;
    case FD_CLOSE:
        while (on_readable(network))
            ;
    }
}

/* Send was clicked, or Enter pressed. The line goes out as UTF-8. */
static void on_send(SOCKET network)
{
    WCHAR text[LONGEST_LINE + 1];
    int length = GetWindowTextW(edit, text, LONGEST_LINE + 1);

    piece_length = WideCharToMultiByte(CP_UTF8, 0, text, length, piece, PIECE_SIZE - 1, NULL, NULL);
    piece[piece_length++] = '\n';
    piece_sent = 0;
    SetWindowTextW(edit, L"");
    send_piece(network);
}

static void on_timer(void)
{
    DWORD left = time_left();

    if (left == 0)
        no_answer();
    if (left == INFINITE)
        KillTimer(window, TIMER);
    else
        set_timer(left);
}

static LRESULT CALLBACK on_message(HWND w, UINT message, WPARAM wparam, LPARAM lparam)
{
    static SOCKET network;
    int width = LOWORD(lparam), height = HIWORD(lparam);

    if (over && message != WM_SIZE && message != WM_CLOSE)
        return DefWindowProcW(w, message, wparam, lparam);
    switch (message) {
    case WM_CREATE:
        network = *(SOCKET *)((CREATESTRUCT *)lparam)->lpCreateParams;
        return 0;
    case WM_NETWORK:
        on_network(network, WSAGETSELECTEVENT(lparam), WSAGETSELECTERROR(lparam));
        return 0;
    case WM_KEYBOARD:
        piece_length = (int)wparam;
        piece_sent = 0;
        if (piece_length > 0)
            send_piece(network);
        else
            end_of_input(network);
        return 0;
    case WM_TIMER:
        on_timer();
        return 0;
    case WM_COMMAND:
        if (LOWORD(wparam) == IDOK && IsWindowEnabled(button))
            on_send(network);
        return 0;
    case WM_SIZE:
        MoveWindow(list, 0, 0, width, height - 28, TRUE);
        MoveWindow(edit, 2, height - 26, width - 84, 24, TRUE);
        MoveWindow(button, width - 80, height - 26, 78, 24, TRUE);
        return 0;
    case WM_CLOSE:
        if (over || !connected || !by_hand)
            ExitProcess(1);             /* exit would call keep_window, perhaps a second time */
        if (!said_all)
            end_of_input(network);
        return 0;
    }
    return DefWindowProcW(w, message, wparam, lparam);
}

/* The wait. */
static void exchange(void)
{
    MSG message;

    while (GetMessageW(&message, NULL, 0, 0) > 0)
        if (!IsDialogMessageW(window, &message)) {
            TranslateMessage(&message);
            DispatchMessageW(&message);
        }
    die((int)GetLastError(), "GetMessage");
}

/* A user at the window shall still see it, and why it has ended, after the connection has. */
static void keep_window(void)
{
    if (!said_all) {
        over = TRUE;
        show_state("the connection has ended: see the console");
        exchange();
    }
}

static HWND create_child(const WCHAR *class, DWORD style, int id, const WCHAR *text)
{
    HWND child = CreateWindowExW(0, class, text, WS_CHILD | WS_VISIBLE | style, 0, 0, 0, 0, window,
                                 (HMENU)(INT_PTR)id, NULL, NULL);

    if (child == NULL)
        die((int)GetLastError(), "CreateWindowEx");
    SendMessageW(child, WM_SETFONT, (WPARAM)GetStockObject(DEFAULT_GUI_FONT), TRUE);
    return child;
}

static void create_window(SOCKET *network)
{
    WNDCLASSW class = { .lpfnWndProc = on_message, .lpszClassName = L"client" };
    DWORD mode;

    class.hbrBackground = (HBRUSH)(COLOR_BTNFACE + 1);
    class.hCursor = LoadCursor(NULL, IDC_ARROW);
    if (RegisterClassW(&class) == 0)
        die((int)GetLastError(), "RegisterClass");
    window = CreateWindowExW(0, L"client", L"", WS_OVERLAPPEDWINDOW | WS_CLIPCHILDREN,
                             CW_USEDEFAULT, CW_USEDEFAULT, 520, 360, NULL, NULL, NULL, network);
    if (window == NULL) {               /* no desktop */
        window = CreateWindowExW(0, L"client", L"", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, network);
        if (window == NULL)
            die((int)GetLastError(), "CreateWindowEx");
        return;
    }
    by_hand = GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode);
    list = create_child(L"LISTBOX", WS_VSCROLL | LBS_NOINTEGRALHEIGHT, LIST, L"");
    edit = create_child(L"EDIT", WS_BORDER | WS_TABSTOP | ES_AUTOHSCROLL, EDIT,
                        by_hand ? L"" : L"(stdin is redirected: it is read instead of this line)");
    SendMessageW(edit, EM_LIMITTEXT, LONGEST_LINE, 0);
    button = create_child(L"BUTTON", WS_TABSTOP | BS_DEFPUSHBUTTON, IDOK, L"Send");
    show_state("connecting");
    ShowWindow(window, SW_SHOW);
    if (by_hand) {
        atexit(keep_window);
        SetConsoleOutputCP(CP_UTF8);    /* what comes back goes to the console, too */
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in server = server_address(argc, argv);
    SOCKET network = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    if (network == INVALID_SOCKET)
        die(WSAGetLastError(), "socket");
    piece_free = CreateEvent(NULL, FALSE, TRUE, NULL);
    if (piece_free == NULL)
        die((int)GetLastError(), "CreateEvent");
    create_window(&network);
    if (WSAAsyncSelect(network, window, WM_NETWORK, FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE)
        == SOCKET_ERROR)
        die(WSAGetLastError(), "WSAAsyncSelect");

    last_news = GetTickCount64();
    set_timer(PATIENCE);
    if (connect(network, (struct sockaddr *)&server, sizeof server) == SOCKET_ERROR
        && WSAGetLastError() != WSAEWOULDBLOCK)
        die(WSAGetLastError(), "connect %s:%s", host, port);
    exchange();
}

/* ---- The same in all seven clients ---- */

/* Ends the program. Says what was tried, on what, and the system's reason (error 0: none). */
static _Noreturn void die(int error, const char *format, ...)
{
    char reason[256] = "";
    va_list arguments;

    fputs("client: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    if (error != 0) {
        FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                       (DWORD)error, 0, reason, sizeof reason, NULL);
        reason[strcspn(reason, "\r\n")] = '\0';
        fprintf(stderr, ": error %d%s%s", error, *reason != '\0' ? ": " : "", reason);
    }
    fputc('\n', stderr);
    exit(1);
}

static u_short parse_port(const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || port < 1 || port > 65535)
        die(0, "port \"%s\": not a decimal number from 1 to 65535", text);
    return (u_short)port;
}

/* client [host [port]]: the server's address, or the end of the program. */
static struct sockaddr_in server_address(int argc, char **argv)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    struct sockaddr_in address;
    u_short number;
    WSADATA data;
    int error;

    if (argc > 3)
        die(0, "too many arguments; usage: client [host [port]]");
    host = argc > 1 ? argv[1] : "127.0.0.1";
    port = argc > 2 ? argv[2] : "5150";
    number = parse_port(port);
    error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error != 0)
        die(error, "WSAStartup");
    /* An empty name would mean this computer. */
    error = *host != '\0' ? getaddrinfo(host, NULL, &hints, &found) : WSAHOST_NOT_FOUND;
    if (error != 0)
        die(error, "host \"%s\"", host);
    memcpy(&address, found->ai_addr, sizeof address);
    freeaddrinfo(found);
    address.sin_port = htons(number);
    return address;
}

/* Waits for bytes on stdin. 0: there will be no more. Bytes are bytes: no text mode. */
static int read_input(char *space, int size)
{
    DWORD n = 0;

    if (!ReadFile(GetStdHandle(STD_INPUT_HANDLE), space, (DWORD)size, &n, NULL)
        && GetLastError() != ERROR_BROKEN_PIPE)     /* which is how a pipe ends */
        die((int)GetLastError(), "stdin");
    return (int)n;
}

static void write_output(const char *bytes, int n)
{
    DWORD written;

    for (; n > 0; n -= (int)written, bytes += written)
        if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), bytes, (DWORD)n, &written, NULL))
            die((int)GetLastError(), "stdout");
}

/* ---- The same in clients 02 to 07: what the server owes us, and since when ---- */

/* Milliseconds for which it may still be silent: INFINITE while it owes nothing. */
static DWORD time_left(void)
{
    ULONGLONG silent = GetTickCount64() - last_news;

    if (connected && !said_all && bytes_back == bytes_out)
        return INFINITE;
    return silent < PATIENCE ? (DWORD)(PATIENCE - silent) : 0;
}

static _Noreturn void no_answer(void)
{
    if (!connected)
        die(0, "connect %s:%s: no answer for %d seconds", host, port, PATIENCE / 1000);
    die(0, "no answer for %d seconds; %llu bytes have not come back", PATIENCE / 1000,
        bytes_out - bytes_back);
}

/* n bytes have been handed to the network; as many are to come back. A server that takes bytes and never answers would
   let no wait time out: so the clock is looked at here, too. */
static void count_out(int n)
{
    if (bytes_back == bytes_out)
        last_news = GetTickCount64();
    else if (time_left() == 0)
        no_answer();
    bytes_out += (unsigned)n;
}

/* n bytes have come back. */
static void take_back(const char *bytes, int n)
{
    bytes_back += (unsigned)n;
    if (bytes_back > bytes_out)
        die(0, "the server sent more bytes than it was given");
    write_output(bytes, n);
    last_news = GetTickCount64();
}

/* The end of the keyboard: nothing more will be sent, but the rest of the echo is waited for. */
static void say_all(SOCKET network)
{
    said_all = TRUE;
    last_news = GetTickCount64();
    if (shutdown(network, SD_SEND) == SOCKET_ERROR)
        die(WSAGetLastError(), "shutdown");
}

/* The end of the network: a good one if everything was said and everything has come back. */
static _Noreturn void server_closed(void)
{
    if (bytes_back < bytes_out)
        die(0, "the server closed the connection; %llu bytes have not come back",
            bytes_out - bytes_back);
    if (!said_all)
        die(0, "the server closed the connection");
    exit(0);
}

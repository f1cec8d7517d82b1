/* Scenarios: bad arguments, a port in use. One clear line on stderr, exit code 1. */
#include "scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Starts the server with these arguments: it must end with exit code 1, and its one line must name
   what was wrong. */
static bool expect_refusal(struct trial *t, const char *arguments, const char *named)
{
    struct process p = { 0 };
    char command_line[600];
    unsigned long code = 0;
    char *line;
    bool fine = true;

    snprintf(command_line, sizeof command_line, "%s %s", t->command, arguments);
    note("%s is started", command_line);
    if (!start_process(&p, command_line, t->input, NULL))
        return fail(&t->verdict, NO_LISTEN, "%s could not be started", t->command);
    if (!wait_for_exit(&p, 5000, &code)) {
        fine = fail(&t->verdict, NO_EXIT, "with %s it goes on; it should say what is wrong, and end", arguments);
    } else {
        line = copy_output(&p);
        note("it ended with exit code %lu and said: %s", code, line);
        if (code != 1)
            fine = fail(&t->verdict, symptom_of_exit(code), "with %s the exit code is 0x%lx, not 1", arguments, code);
        else if (strchr(line, '\n') == NULL || strchr(line, '\n')[1] != '\0')
            fine = fail(&t->verdict, MESSAGE, "with %s it does not say one line, but: %s", arguments,
                        line);
        else if (strstr(line, named) == NULL)
            fine = fail(&t->verdict, MESSAGE, "with %s its line does not name \"%s\": %s", arguments,
                        named, line);
        free(line);
    }
    stop_process(&p);
    return fine;
}

void try_second_server(struct trial *t)
{
    char port[20];

    snprintf(port, sizeof port, "%d", t->port);
    expect_refusal(t, port, port);
}

void try_bad_ports(struct trial *t)
{
    static const char *const ports[] = { "0x", "70000", "-1", "abc", "\"\"", "0", "5150x", "\" 80\"",
                                         "65536", "99999999999999999999" };

    for (int i = 0; i < 10; i++)
        if (!expect_refusal(t, ports[i], "port"))
            return;
}

void try_bad_addresses(struct trial *t)
{
    char arguments[60];

    /* 192.0.2.1 is reserved for documentation: nobody's. */
    static const char *const addresses[] = { "192.0.2.1", "127.0.0", "nowhere", "\"\"" };
    static const char *const named[] = { "192.0.2.1", "127.0.0", "nowhere", "address" };

    for (int i = 0; i < 4; i++) {
        snprintf(arguments, sizeof arguments, "%d %s", free_port(), addresses[i]);
        if (!expect_refusal(t, arguments, named[i]))
            return;
    }
    expect_refusal(t, "5150 127.0.0.1 more", "arguments");
}

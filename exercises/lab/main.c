/* The laboratory: lab VERB [arguments]. */
#include "trial.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv)
{
    start_winsock();
    if (argc > 2 && !strcmp(argv[1], "check")) check_server(argv[2], argc > 4 ? atoi(argv[4]) : -1, argc > 3 ? argv[3] : NULL);
    return print_totals();
}

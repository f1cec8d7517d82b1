/* A C file in pieces: for each name that it declares at file level, the text that belongs to it. */
#ifndef PIECES_H
#define PIECES_H

#define MOST_PIECES 100
#define LONGEST_NAME 40

/* A function, a struct, a variable, a macro, or a header that is included: "winsock2.h" is its name.
   What is declared twice, for example as a prototype and as a function, is one piece. */
struct piece {
    char name[LONGEST_NAME];
    char *text;                 /* with the comments above and behind it; its lines end with \n */
};

struct pieces {
    int count;
    struct piece list[MOST_PIECES];     /* in the order of the file; a function, not its prototype */
};

/* Takes source apart; from then on its lines end with \n alone. The comments at its beginning belong to
   no piece. Ends the program if memory or the list does not suffice. */
void take_apart(char *source, struct pieces *pieces);
void free_pieces(struct pieces *pieces);

/* The place of the piece called name; -1: there is none. */
int find_piece(const struct pieces *pieces, const char *name);

/* How many lines of these two texts are not in both, in the same order? A line that was changed counts
   twice. */
int differing_lines(const char *one, const char *other);

#endif

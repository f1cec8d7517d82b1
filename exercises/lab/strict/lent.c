/* Memory of the program's that belongs to the system: from the start of an operation until its end is told. */
#include "inside.h"

#include <string.h>

unsigned long long sum_of(const struct operation *o)
{
    unsigned long long sum = o->total, word;

    for (DWORD i = 0; i < o->parts; i++) {
        const char *at = o->part[i].buf, *end = at + o->part[i].len;

        for (; at + 8 <= end; at += 8) {
            memcpy(&word, at, 8);
            sum = (sum ^ word) * 0x9E3779B97F4A7C15u;
        }
        for (; at < end; at++)
            sum = (sum ^ (unsigned char)*at) * 0x9E3779B97F4A7C15u;
    }
    return sum;
}

/* Whose end has not been told, or, with a packet or a routine, not been taken. */
bool has_memory(const struct operation *o)
{
    return !o->dead && (o->state == UNDER_WAY
                        || (o->state == ENDED && (o->routine != NULL || o->stream->port != NULL
                                                  || o->stream->io != NULL)));
}

static bool overlaps(const char *a, size_t a_size, const void *b, size_t b_size)
{
    return a < (const char *)b + b_size && (const char *)b < a + a_size;
}

static const char *lent_part(const struct operation *o, const char *from, size_t size)
{
    if (overlaps(from, size, o->overlapped, sizeof *o->overlapped))
        return "the OVERLAPPED";
    for (DWORD i = 0; i < o->parts && o->state == UNDER_WAY; i++)
        if (o->part[i].len > 0 && overlaps(from, size, o->part[i].buf, o->part[i].len))
            return "the buffer";
    return NULL;
}

/* The memory goes away: nothing is written to it any more. */
void memory_goes(const char *from, size_t size, const char *what)
{
    for (struct operation *o = operations(), *next; o != NULL; o = next) {
        const char *part = has_memory(o) ? lent_part(o, from, size) : NULL;

        next = o->next;
        if (part != NULL) {
            broken(LENT_MEMORY_STAYS, o->stream->name, "%s memory that still belongs to the system. In it lies %s of "
                   "%s, which line %d has started and which %s.", what, part, operation_name(o), o->line,
                   o->state == UNDER_WAY ? "has not ended" : "has ended without being told yet");
            o->dead = true;
        } else if (!o->dead && overlaps(from, size, o->overlapped, sizeof *o->overlapped)) {
            forget_operation(o);
        }
    }
}

void check_stack(const void *frame)
{
    struct thread *t = this_thread();

    lock_model();
    for (struct operation *o = operations(); o != NULL && t->on_stack > 0; o = o->next)
        if (o->on_stack && o->thread == t && has_memory(o)) {
            const char *part = (const char *)o->overlapped < (const char *)frame
                               && (const char *)o->overlapped > t->stack_end ? "the OVERLAPPED" : NULL;

            for (DWORD i = 0; i < o->parts && o->state == UNDER_WAY; i++)
                if (o->part[i].buf < (const char *)frame && o->part[i].buf > t->stack_end)
                    part = "the buffer";
            if (part == NULL)
                continue;
            broken(LENT_MEMORY_STAYS, o->stream->name, "The function that started %s in line %d has returned, and "
                   "with it has gone %s, which still belongs to the system.", operation_name(o), o->line, part);
            o->dead = true;
        }
    unlock_model();
}

bool lies_on_stack(struct thread *t, const void *memory)
{
    ULONG_PTR low, high;

    GetCurrentThreadStackLimits(&low, &high);
    t->stack_end = (const char *)low;
    return (ULONG_PTR)memory >= low && (ULONG_PTR)memory < high;
}

/* Memory: each block on pages of its own, above 4 GiB, its end before a page that nobody may touch. What is freed stays
   reserved for a while, so that whoever uses it is seen. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE       4096
#define PLACES     1024
#define QUARANTINE 500          /* blocks that were freed */

static struct block {
    struct block *next;
    char *pages, *start;
    size_t size, all;           /* all: of the pages */
} *blocks[PLACES];

/* The pages of what was freed last: nobody may touch them. */
static struct {
    char *pages, *start;
    size_t all;
    int line;
} freed[QUARANTINE];
static int next_freed;

static struct block **place_of(const void *memory)
{
    return &blocks[(ULONG_PTR)memory / 16 % PLACES];
}

static struct block *find_block(const void *memory)
{
    struct block *block = *place_of(memory);

    while (block != NULL && block->start != memory)
        block = block->next;
    return block;
}

/* The program has used memory that it had freed: said once, and then it crashes, as it should. */
static LONG CALLBACK look_at_crash(EXCEPTION_POINTERS *what)
{
    const char *address = (const char *)what->ExceptionRecord->ExceptionInformation[1];

    if (what->ExceptionRecord->ExceptionCode != (DWORD)STATUS_ACCESS_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    for (int i = 0; i < QUARANTINE; i++)
        if (freed[i].pages != NULL && address >= freed[i].pages && address < freed[i].pages + freed[i].all)
            broken(NOTHING_CLOSED, NULL, "After this call the program uses memory that line %d has freed.",
                   freed[i].line);
    if ((ULONG_PTR)address >= UNDEFINED_KEY - 0xFFFF && (ULONG_PTR)address <= UNDEFINED_KEY + 0xFFFF)
        broken(NOTHING_UNDEFINED, NULL, "After this call the program uses a pointer that no call has given it.");
    return EXCEPTION_CONTINUE_SEARCH;
}

void watch_crashes(void)
{
    AddVectoredExceptionHandler(1, look_at_crash);
}

void *strict_calloc(size_t count, size_t size)
{
    struct block *block;
    size_t bytes = count * size, rounded = (bytes + 15) / 16 * 16;

    if (!strict_is_on() || !is_seeded() || bytes == 0)
        return calloc(count, size);
    block = calloc(1, sizeof *block);
    if (block == NULL)
        return NULL;
    block->all = (rounded + PAGE - 1) / PAGE * PAGE + PAGE;
    block->pages = VirtualAlloc(NULL, block->all, MEM_RESERVE | MEM_COMMIT | (is_wanted(HIGH_MEMORY)
                                                                              ? MEM_TOP_DOWN : 0),
                                PAGE_READWRITE);
    if (block->pages == NULL) {
        free(block);
        return NULL;
    }
    VirtualFree(block->pages + block->all - PAGE, PAGE, MEM_DECOMMIT);
    block->start = block->pages + block->all - PAGE - rounded;
    block->size = bytes;
    lock_model();
    if ((ULONG_PTR)block->start > 0xFFFFFFFFu)
        took(HIGH_MEMORY);
    block->next = *place_of(block->start);
    *place_of(block->start) = block;
    unlock_model();
    return block->start;
}

/* As it comes: whoever reads what he has not written is to see it. */
void *strict_malloc(size_t size)
{
    void *memory = strict_calloc(1, size);

    if (memory != NULL && strict_is_on() && is_seeded())
        memset(memory, 0xDD, size);
    return memory;
}

/* The oldest ones are given back to the system. */
static void keep_pages(char *pages, char *start, size_t all)
{
    DWORD before;

    VirtualProtect(pages, all, PAGE_NOACCESS, &before);
    if (freed[next_freed].pages != NULL)
        VirtualFree(freed[next_freed].pages, 0, MEM_RELEASE);
    freed[next_freed].pages = pages;
    freed[next_freed].start = start;
    freed[next_freed].all = all;
    freed[next_freed].line = this_thread()->line;
    next_freed = (next_freed + 1) % QUARANTINE;
}

static void set_free(struct block *block)
{
    struct block **link = place_of(block->start);

    while (*link != block)
        link = &(*link)->next;
    *link = block->next;
    keep_pages(block->pages, block->start, block->all - PAGE);
    free(block);
}

void strict_free(void *memory)
{
    struct block *block;

    if (!strict_is_on()) {
        free(memory);
        return;
    }
    lock_model();
    block = find_block(memory);
    for (int i = 0; i < QUARANTINE && block == NULL; i++)
        if (memory != NULL && memory == freed[i].start) {
            broken(NOTHING_CLOSED, NULL, "free() of memory that line %d has freed already.", freed[i].line);
            unlock_model();
            return;
        }
    if (memory != NULL)
        memory_goes(memory, block != NULL ? block->size : 1, "free() of");
    if (block != NULL)
        set_free(block);
    unlock_model();
    if (block == NULL)
        free(memory);
}

void *strict_realloc(void *memory, size_t size)
{
    struct block *block;
    void *larger;

    lock_model();
    block = strict_is_on() ? find_block(memory) : NULL;
    unlock_model();
    if (block == NULL && (memory != NULL || !strict_is_on()))
        return realloc(memory, size);
    larger = strict_malloc(size);
    if (larger != NULL && block != NULL) {
        memcpy(larger, memory, block->size < size ? block->size : size);
        strict_free(memory);
    }
    return larger;
}

BOOL strict_VirtualFree(void *memory, SIZE_T size, DWORD type)
{
    MEMORY_BASIC_INFORMATION region;

    if (!strict_is_on())
        return VirtualFree(memory, size, type);
    if (type == MEM_RELEASE && VirtualQuery(memory, &region, sizeof region) == sizeof region)
        size = region.RegionSize;
    lock_model();
    memory_goes(memory, size, "VirtualFree() of");
    if (type == MEM_RELEASE && is_seeded())
        keep_pages(memory, memory, size);
    unlock_model();
    return type == MEM_RELEASE && is_seeded() ? TRUE : VirtualFree(memory, size, type);
}

BOOL strict_HeapFree(HANDLE heap, DWORD flags, void *memory)
{
    if (strict_is_on() && memory != NULL) {
        lock_model();
        memory_goes(memory, HeapSize(heap, 0, memory), "HeapFree() of");
        unlock_model();
    }
    return HeapFree(heap, flags, memory);
}

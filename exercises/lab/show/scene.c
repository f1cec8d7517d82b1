/* The scene of the demonstration and of the pictures. */
#include "scene.h"
#include "stage.h"

enum { A, B, C };

static void play(struct stage *s, struct scene *scene)
{
    if (!actor_connects(s, A) || !actor_connects(s, B))
        return;
    scene->b_answered = actor_speaks(s, B, 5);
    actor_leaves(s, B);
    if (!actor_connects(s, C))
        return;
    actor_floods(s, C, C_SENDS);
    scene->c_taken = (double)s->actors[C].sent / (1 << 20);
    scene->a_answered = actor_speaks(s, A, 5);
    actor_reads(s, C);
    actor_leaves(s, C);
    actor_leaves(s, A);
}

struct scene play_scene(const struct chapter *chapter, const char *path)
{
    static struct stage stage;
    struct scene scene = { 0 };

    if (enter_stage(&stage, chapter, path))
        play(&stage, &scene);
    leave_stage(&stage);
    scene.verdict = stage.trial.verdict;
    return scene;
}

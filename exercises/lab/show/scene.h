/* The scene: three clients, the same for every model.

   A connects and says nothing. B connects, sends five bytes, gets them back, says goodbye. C connects and sends more
   than the system's buffers hold, without reading. While C is stuck, A speaks. Then C reads. All say goodbye. */
#ifndef SCENE_H
#define SCENE_H

#include "common/common.h"

#define C_SENDS 12              /* megabytes (of 1,048,576 bytes) */

/* What the laboratory has measured while it played. Milliseconds. */
struct scene {
    double b_answered, a_answered;  /* from sending five bytes until they were back */
    double c_taken;             /* megabytes that the server's side took from C before it was stuck */
    struct verdict verdict;     /* was every byte echoed, and every connection closed? */
};

/* Plays the scene with the chapter's traced server, and writes the events of both into the file path: see stage.h. */
struct scene play_scene(const struct chapter *chapter, const char *path);

#endif

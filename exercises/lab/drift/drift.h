/* The room "drift": do the exercises follow the chapters? Prints a line for each and counts it. */
#ifndef DRIFT_H
#define DRIFT_H

/* only: the beginning of an exercise's id; NULL: all. Ends the program if there is no such exercise. */
void test_drift(const char *only);

#endif

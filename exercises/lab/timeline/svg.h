/* Pieces of an SVG file: no script, colours for the light and the dark theme. All pictures of the laboratory have this
   style. x, y, width and height in pixels; class: names of the style, with blanks between them. */
#ifndef SVG_H
#define SVG_H

#include <stdio.h>

/* The beginning of the file: its size, its title, the style of all pictures, more of it (or ""), the paper. */
void write_svg_head(FILE *file, double width, double height, const char *title, const char *more_style);

/* anchor: "start", "middle", "end". What XML does not take is escaped. */
void text_at(FILE *file, double x, double y, const char *class, const char *anchor, const char *text);

void rectangle(FILE *file, double x, double y, double width, double height, const char *class);
void line(FILE *file, double x1, double y1, double x2, double y2, const char *class);

#endif

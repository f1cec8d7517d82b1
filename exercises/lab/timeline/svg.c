/* Pieces of an SVG file. */
#include "svg.h"

static const char *style =
    "text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2328}\n"
    ".title{font-size:17px;font-weight:bold}.head{font-weight:bold}.big{font-size:20px;font-weight:bold}\n"
    ".copy{font-style:italic}\n"
    ".dim{fill:#656d76}.small{font-size:11px}\n"
    ".paper{fill:#ffffff}.lane{fill:#f6f8fa}.life{stroke:#8c959f;stroke-width:1.5}\n"
    ".run{fill:#ddf4ff;stroke:#0969da}.strip{fill:#eaeef2;stroke:#57606a}.fail{fill:#fff1e5;stroke:#bc4c00}\n"
    ".fold{fill:#ffffff;stroke:#8c959f;stroke-dasharray:4 3}.sleep{fill:url(#asleep);stroke:#57606a}\n"
    ".hatch{stroke:#8c959f;stroke-width:1.6}.told{stroke:#1f2328;stroke-width:1.5}\n"
    ".hollow{fill:#ffffff;stroke:#1f2328;stroke-width:1.5}.filled{fill:#1f2328;stroke:#1f2328}\n"
    ".c0{fill:#0072b2}.c1{fill:#c2510c}.c2{fill:#08875f}.s0{stroke:#0072b2}.s1{stroke:#c2510c}.s2{stroke:#08875f}\n"
    ".bytes{stroke:#c2510c;stroke-width:2.5;stroke-dasharray:7 4}\n"
    ".empty{fill:none;stroke-width:1.6}.halo{stroke:#ffffff;stroke-width:4;paint-order:stroke}\n"
    "@media (prefers-color-scheme:dark){\n"
    "text{fill:#e6edf3}.dim{fill:#9198a1}.paper{fill:#0d1117}.lane{fill:#161b22}.life{stroke:#6e7681}\n"
    ".run{fill:#0c2d6b;stroke:#58a6ff}.strip{fill:#21262d;stroke:#8b949e}.fail{fill:#3d1e00;stroke:#f0883e}\n"
    ".fold{fill:#0d1117;stroke:#8b949e}.sleep{stroke:#8b949e}.hatch{stroke:#6e7681}.told{stroke:#e6edf3}\n"
    ".hollow{fill:#0d1117;stroke:#e6edf3}.filled{fill:#e6edf3;stroke:#e6edf3}\n"
    ".c0{fill:#58b7f0}.c1{fill:#ff9a57}.c2{fill:#3fce9c}.s0{stroke:#58b7f0}.s1{stroke:#ff9a57}.s2{stroke:#3fce9c}\n"
    ".halo{stroke:#0d1117}.bytes{stroke:#ff9a57}}\n";

static void escape(FILE *file, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '<')
            fputs("&lt;", file);
        else if (*text == '>')
            fputs("&gt;", file);
        else if (*text == '&')
            fputs("&amp;", file);
        else
            putc(*text, file);
}

void text_at(FILE *file, double x, double y, const char *class, const char *anchor, const char *text)
{
    fprintf(file, "<text x=\"%.0f\" y=\"%.0f\" class=\"%s\" text-anchor=\"%s\">", x, y, class, anchor);
    escape(file, text);
    fputs("</text>\n", file);
}

void rectangle(FILE *file, double x, double y, double width, double height, const char *class)
{
    fprintf(file, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" class=\"%s\"/>\n", x, y, width,
            height, class);
}

void line(FILE *file, double x1, double y1, double x2, double y2, const char *class)
{
    fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, class);
}

void write_svg_head(FILE *file, double width, double height, const char *title, const char *more_style)
{
    fprintf(file, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
                  "height=\"%.0f\" role=\"img\">\n<title>", width, height, width, height);
    escape(file, title);
    fprintf(file, "</title>\n<style>\n%s%s</style>\n", style, more_style);
    fprintf(file, "<defs><pattern id=\"asleep\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" "
                  "patternTransform=\"rotate(45)\"><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"7\" class=\"hatch\"/>"
                  "</pattern></defs>\n");
    rectangle(file, 0, 0, width, height, "paper");
}

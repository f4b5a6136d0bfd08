package io.pgweir.replay.report;

/**
 * One plot, as SVG that stands in a page: x from 0 to 1 from left to right, y from 0 to 1 from the bottom up. It has no colours of its own:
 * the page's style gives them, by class.
 */
final class Plot {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 300;
    private static final int LEFT = 72;
    private static final int RIGHT = 30;
    private static final int TOP = 12;
    private static final int BOTTOM = 44;

    private final StringBuilder svg = new StringBuilder();

    /** @param title for whoever cannot see it */
    Plot(String title) {
        svg.append("<svg class=\"plot\" role=\"img\" viewBox=\"0 0 ")
                .append(WIDTH)
                .append(' ')
                .append(HEIGHT)
                .append("\"><title>")
                .append(Html.escaped(title))
                .append("</title>\n");
    }

    /** Pixels, to a tenth. */
    private static double x(double share) {
        return rounded(LEFT + Math.clamp(share, 0, 1) * (WIDTH - LEFT - RIGHT));
    }

    private static double y(double share) {
        return rounded(HEIGHT - BOTTOM - Math.clamp(share, 0, 1) * (HEIGHT - TOP - BOTTOM));
    }

    private static double rounded(double pixels) {
        return Math.round(pixels * 10) / 10.0;
    }

    private Plot segment(String style, double x1, double y1, double x2, double y2) {
        svg.append("<line class=\"")
                .append(style)
                .append("\" x1=\"")
                .append(x1)
                .append("\" y1=\"")
                .append(y1);
        svg.append("\" x2=\"").append(x2).append("\" y2=\"").append(y2).append("\"/>\n");
        return this;
    }

    private Plot text(double x, double y, String anchor, String text) {
        svg.append("<text x=\"")
                .append(x)
                .append("\" y=\"")
                .append(y)
                .append("\" text-anchor=\"")
                .append(anchor);
        svg.append("\">").append(Html.escaped(text)).append("</text>\n");
        return this;
    }

    Plot xTick(double at, String label) {
        return segment("grid", x(at), y(1), x(at), y(0)).text(x(at), y(0) + 18, "middle", label);
    }

    Plot yTick(double at, String label) {
        return segment("grid", x(0), y(at), x(1), y(at)).text(LEFT - 8, y(at) + 4, "end", label);
    }

    /** What x is, below it. */
    Plot xName(String name) {
        return text(x(0.5), HEIGHT - 6, "middle", name);
    }

    /** A line through points. */
    Plot line(String style, double[] xs, double[] ys) {
        return path("line " + style, points(xs, ys));
    }

    /** What is below a line through points. */
    Plot area(String style, double[] xs, double[] ys) {
        return xs.length == 0
                ? this
                : path(
                        "area " + style,
                        points(xs, ys) + "L" + x(xs[xs.length - 1]) + " " + y(0) + "L" + x(xs[0]) + " " + y(0) + "Z");
    }

    private Plot path(String style, String path) {
        svg.append("<path class=\"")
                .append(style)
                .append("\" d=\"")
                .append(path)
                .append("\"/>\n");
        return this;
    }

    private static String points(double[] xs, double[] ys) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < xs.length; i++) {
            points.append(i == 0 ? 'M' : 'L').append(x(xs[i])).append(' ').append(y(ys[i]));
        }
        return points.toString();
    }

    /** A mark from top to bottom. */
    Plot mark(String style, double at) {
        return segment("mark " + style, x(at), y(1), x(at), y(0));
    }

    String svg() {
        return svg + "</svg>\n";
    }
}

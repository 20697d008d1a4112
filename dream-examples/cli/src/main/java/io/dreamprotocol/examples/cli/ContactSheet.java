package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.RgbImage;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Puts images on one labelled sheet, row by row. */
final class ContactSheet {
    private static final int GAP = 6;
    private static final int FONT_SIZE = 13;

    private final List<String> columns;
    private final List<String> rows;
    private final List<RgbImage> images = new ArrayList<>();

    ContactSheet(Grid grid) {
        this(
                grid.columns().stream().map(Grid.Cell::label).toList(),
                grid.rows().stream().map(Grid.Cell::label).toList());
    }

    /**
     * Begins a sheet.
     *
     * @param columns what stands above each column
     * @param rows what stands beside each row
     */
    ContactSheet(List<String> columns, List<String> rows) {
        this.columns = List.copyOf(columns);
        this.rows = List.copyOf(rows);
    }

    /** Adds the next image, row by row. */
    void add(RgbImage image) {
        images.add(image);
    }

    /** Draws the sheet as a PNG file. */
    byte[] draw() {
        int width = images.stream().mapToInt(RgbImage::width).max().orElseThrow();
        int height = images.stream().mapToInt(RgbImage::height).max().orElseThrow();
        BufferedImage ruler = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        FontMetrics metrics = ruler.createGraphics().getFontMetrics(new Font(Font.SANS_SERIF, Font.PLAIN, FONT_SIZE));
        int head = metrics.getHeight() + GAP;
        int side = rows.stream().mapToInt(metrics::stringWidth).max().orElse(0);
        int left = side == 0 ? GAP : side + 2 * GAP;
        BufferedImage sheet = new BufferedImage(
                left + columns.size() * (width + GAP), head + rows.size() * (height + GAP), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        graphics.setColor(Color.BLACK);
        graphics.setFont(metrics.getFont());
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        for (int column = 0; column < columns.size(); column++) {
            String label = shortened(columns.get(column), metrics, width);
            int x = left + column * (width + GAP) + (width - metrics.stringWidth(label)) / 2;
            graphics.drawString(label, x, metrics.getAscent() + GAP / 2);
        }
        for (int row = 0; row < rows.size(); row++) {
            int y = head + row * (height + GAP) + (height + metrics.getAscent()) / 2;
            graphics.drawString(rows.get(row), GAP, y);
        }
        for (int i = 0; i < images.size(); i++) {
            int x = left + i % columns.size() * (width + GAP);
            int y = head + i / columns.size() * (height + GAP);
            graphics.drawImage(buffered(images.get(i)), x, y, null);
        }
        graphics.dispose();
        return PngPixels.encode(picture(sheet), List.of()).toBytes();
    }

    private static String shortened(String label, FontMetrics metrics, int width) {
        String text = label;
        while (text.length() > 4 && metrics.stringWidth(text) > width) {
            text = text.substring(0, text.length() - 4) + "...";
        }
        return text;
    }

    private static BufferedImage buffered(RgbImage image) {
        BufferedImage buffered = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                buffered.setRGB(x, y, image.pixel(x, y));
            }
        }
        return buffered;
    }

    private static RgbImage picture(BufferedImage sheet) {
        byte[] rgb = new byte[sheet.getWidth() * sheet.getHeight() * 3];
        int at = 0;
        for (int y = 0; y < sheet.getHeight(); y++) {
            for (int x = 0; x < sheet.getWidth(); x++) {
                int pixel = sheet.getRGB(x, y);
                rgb[at++] = (byte) (pixel >> 16);
                rgb[at++] = (byte) (pixel >> 8);
                rgb[at++] = (byte) pixel;
            }
        }
        return RgbImage.of(sheet.getWidth(), sheet.getHeight(), rgb);
    }
}

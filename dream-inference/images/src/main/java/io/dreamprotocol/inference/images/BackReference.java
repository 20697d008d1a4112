package io.dreamprotocol.inference.images;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The numbering of distances in lossless WebP, in which the nearest pixels on the plane come first (RFC 9649, section 5.2.2). */
final class BackReference {
    private static final int ROWS = 7;
    private static final int COLUMNS_LEFT = 8;
    private static final int COLUMNS_RIGHT = 7;

    private static final List<Place> PLACES = places();

    /** A pixel before the current one: how many columns to the left (to the right if negative), and how many rows up. */
    private record Place(int left, int up) {
        int squaredDistance() {
            return left * left + up * up;
        }
    }

    private BackReference() {}

    /** The standard's table of 120 places is sorted: near before far, above before beside, left before right. */
    private static List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (int up = 0; up <= ROWS; up++) {
            for (int left = up == 0 ? 1 : -COLUMNS_RIGHT; left <= COLUMNS_LEFT; left++) {
                places.add(new Place(left, up));
            }
        }
        places.sort(Comparator.comparingInt(Place::squaredDistance)
                .thenComparingInt(place -> Math.abs(place.left))
                .thenComparingInt(place -> -place.left));
        return List.copyOf(places);
    }

    /** Returns how many pixels back a distance's number leads, at least 1. */
    static int distance(int number, int width) {
        if (number > PLACES.size()) {
            return number - PLACES.size();
        }
        Place place = PLACES.get(number - 1);
        return Math.max(1, place.up * width + place.left);
    }

    /** Returns the smallest number of each distance that the near places reach in a picture of some width; 0 where they do not. */
    static int[] nearNumbers(int width) {
        int[] numbers = new int[ROWS * width + COLUMNS_LEFT + 1];
        for (int number = PLACES.size(); number > 0; number--) {
            numbers[distance(number, width)] = number;
        }
        return numbers;
    }

    /** Returns the number of a distance, given those of the near places. */
    static int number(int distance, int[] nearNumbers) {
        int near = distance < nearNumbers.length ? nearNumbers[distance] : 0;
        return near > 0 ? near : distance + PLACES.size();
    }
}

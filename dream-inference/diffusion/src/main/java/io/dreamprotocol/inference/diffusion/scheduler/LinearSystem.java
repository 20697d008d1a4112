package io.dreamprotocol.inference.diffusion.scheduler;

/** Small systems of linear equations. */
final class LinearSystem {

    private LinearSystem() {}

    /** Solves by Gaussian elimination with partial pivoting; both arrays are used up. */
    static float[] solve(double[][] matrix, double[] right) {
        int size = right.length;
        for (int pivot = 0; pivot < size; pivot++) {
            swapLargestUp(matrix, right, pivot);
            for (int row = pivot + 1; row < size; row++) {
                double factor = matrix[row][pivot] / matrix[pivot][pivot];
                for (int column = pivot; column < size; column++) {
                    matrix[row][column] -= factor * matrix[pivot][column];
                }
                right[row] -= factor * right[pivot];
            }
        }
        float[] solution = new float[size];
        for (int row = size - 1; row >= 0; row--) {
            double rest = right[row];
            for (int column = row + 1; column < size; column++) {
                rest -= matrix[row][column] * right[column];
            }
            right[row] = rest / matrix[row][row];
            solution[row] = (float) right[row];
        }
        return solution;
    }

    private static void swapLargestUp(double[][] matrix, double[] right, int pivot) {
        int largest = pivot;
        for (int row = pivot + 1; row < right.length; row++) {
            if (Math.abs(matrix[row][pivot]) > Math.abs(matrix[largest][pivot])) {
                largest = row;
            }
        }
        double[] line = matrix[pivot];
        matrix[pivot] = matrix[largest];
        matrix[largest] = line;
        double value = right[pivot];
        right[pivot] = right[largest];
        right[largest] = value;
    }
}

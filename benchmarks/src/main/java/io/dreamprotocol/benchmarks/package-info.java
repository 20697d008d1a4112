/** Benchmarks of what the project promises to be fast, and the program that runs and reports them. */
@NullMarked
package io.dreamprotocol.benchmarks;

import org.jspecify.annotations.NullMarked;

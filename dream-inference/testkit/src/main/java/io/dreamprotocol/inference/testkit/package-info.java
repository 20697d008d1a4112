/** The conformance kit for image models: a suite of tests that every implementation of the contract passes. */
@NullMarked
package io.dreamprotocol.inference.testkit;

import org.jspecify.annotations.NullMarked;

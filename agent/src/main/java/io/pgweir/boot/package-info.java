/**
 * {@code Agent}: the one place that wires objects together; start and stop order; signals.
 */
@NullMarked
package io.pgweir.boot;

import org.jspecify.annotations.NullMarked;

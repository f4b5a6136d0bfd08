package io.pgweir.proxy.split;

/**
 * The leader has said what is no message, or not what can come now; told in its place between the answers: the session cannot go on.
 *
 * @param length as it came, which counts itself
 */
public record Violation(byte type, int length) {}

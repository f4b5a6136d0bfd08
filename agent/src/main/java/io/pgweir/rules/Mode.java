package io.pgweir.rules;

/** Whether a rule acts. Only {@link #ENFORCE} ever changes anything. */
public enum Mode {
    /** Never asked. */
    OFF,
    /** Asked and told of; does nothing. */
    SHADOW,
    ENFORCE
}

package io.pgweir.rules.file;

import io.pgweir.rules.Rule;
import java.util.List;

/**
 * A rule, where it stands, and its tests.
 *
 * @param line of its first key, from 1
 */
record TestedRule(Rule rule, String file, int line, List<RuleTest> tests) {}

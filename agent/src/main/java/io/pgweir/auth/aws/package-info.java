/**
 * Passwords of roles from AWS Secrets Manager, and the tokens by which RDS lets roles in. The AWS library stays in here.
 *
 * <p>Imports {@code auth} and {@code config}.
 */
@NullMarked
package io.pgweir.auth.aws;

import org.jspecify.annotations.NullMarked;

/**
 * Records to Amazon CloudWatch Logs, and metrics beside them. The only room that knows AWS's client library.
 */
@NullMarked
package io.pgweir.audit.cloudwatch;

import org.jspecify.annotations.NullMarked;

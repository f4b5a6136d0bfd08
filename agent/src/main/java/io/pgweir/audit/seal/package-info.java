/**
 * What makes the trail a proof: the chain of hashes, Merkle roots over it, signatures, and the verifier of all three.
 *
 * <p>The writer's half ({@link Chain}, {@link MerkleTree}, {@link Checkpoint}, {@link SigningKey}) and the auditor's half
 * share the hashes and nothing else. The JDK's own cryptography; no client
 * library. {@code docs/audit-chain.md} is the format.
 */
@NullMarked
package io.pgweir.audit.seal;

import org.jspecify.annotations.NullMarked;

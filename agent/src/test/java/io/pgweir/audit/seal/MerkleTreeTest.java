package io.pgweir.audit.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
    /** The leaves of Certificate Transparency's reference implementation (merkle_tree_test.cc), as its other ones use them. */
    private static final String[] LEAVES = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
    };

    /** Roots over the first one, two, ... of them. */
    private static final String[] ROOTS = {
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    };

    @Test
    void hasTheRootsOfCertificateTransparency() {
        // Given
        MerkleTree tree = new MerkleTree();
        List<String> roots = new ArrayList<>();

        // When
        for (String leaf : LEAVES) {
            tree.add(HexFormat.of().parseHex(leaf));
            roots.add(Hashes.hex(tree.root()));
        }

        // Then
        assertThat(roots).containsExactly(ROOTS);
        assertThat(tree.size()).isEqualTo(8);
    }

    @Test
    void emptyTreeHasTheHashOfNothing() {
        assertThat(Hashes.hex(new MerkleTree().root()))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void countsAndProvesAsTheRfcDefinesIt() {
        MerkleTree tree = new MerkleTree();
        List<byte[]> leaves = new ArrayList<>();
        ByteArrayOutputStream flat = new ByteArrayOutputStream();
        for (int size = 1; size <= 300; size++) {
            // Given
            byte[] leaf = hash(size);
            leaves.add(leaf);
            flat.writeBytes(leaf);

            // When
            tree.add(leaf);

            // Then
            byte[] root = tree.root();
            assertThat(root).isEqualTo(root(leaves));
            for (int index = 0; index < size; index += size < 40 ? 1 : 13) {
                InclusionProof proof = InclusionProof.of(index, flat.toByteArray());
                assertThat(proof.root(leaves.get(index))).isEqualTo(root);
                assertThat(proof.path())
                        .usingElementComparator(java.util.Arrays::compare)
                        .isEqualTo(path(index, leaves));
            }
        }
    }

    @Property(tries = 300)
    void noOtherLeafIndexSizeOrPathProves(
            @ForAll @IntRange(min = 2, max = 300) int size, @ForAll @IntRange(max = 299) int any, @ForAll int bit) {
        // Given
        ByteArrayOutputStream flat = new ByteArrayOutputStream();
        MerkleTree tree = new MerkleTree();
        for (int i = 0; i < size; i++) {
            flat.writeBytes(hash(i));
            tree.add(hash(i));
        }
        int index = any % size;
        InclusionProof proof = InclusionProof.of(index, flat.toByteArray());

        // Then
        assertThat(proof.root(hash(index))).isEqualTo(tree.root());
        assertThat(proof.root(hash(index + 1))).isNotEqualTo(tree.root());
        int other = (index + 1) % size;
        assertThat(new InclusionProof(other, size, proof.path()).root(hash(index)))
                .isNotEqualTo(tree.root());
        assertThat(new InclusionProof(index, size * 4L, proof.path()).root(hash(index)))
                .isNull();
        assertThat(new InclusionProof(-1, size, proof.path()).root(hash(index))).isNull();
        assertThat(new InclusionProof(size, size, proof.path()).root(hash(index)))
                .isNull();
        List<byte[]> shorter = proof.path().subList(1, proof.path().size());
        assertThat(new InclusionProof(index, size, shorter).root(hash(index))).isNotEqualTo(tree.root());
        List<byte[]> longer = new ArrayList<>(proof.path());
        longer.add(hash(0));
        assertThat(new InclusionProof(index, size, longer).root(hash(index))).isNull();
        List<byte[]> flipped = new ArrayList<>(proof.path());
        byte[] first = flipped.getFirst().clone();
        first[(bit >>> 3) & 31] ^= (byte) (1 << (bit & 7));
        flipped.set(0, first);
        assertThat(new InclusionProof(index, size, flipped).root(hash(index))).isNotEqualTo(tree.root());
    }

    @Test
    void proofOfALeafThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> InclusionProof.of(2, new byte[64]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("leaf: 2 (expected: 0 to 1)");
    }

    /** MTH of RFC 9162, section 2.1.1, word by word. */
    private static byte[] root(List<byte[]> leaves) {
        MessageDigest digest = Hashes.sha256();
        if (leaves.size() == 1) {
            digest.update((byte) 0);
            return digest.digest(leaves.getFirst());
        }
        int left = powerOfTwoBelow(leaves.size());
        byte[] leftRoot = root(leaves.subList(0, left));
        byte[] rightRoot = root(leaves.subList(left, leaves.size()));
        digest.update((byte) 1);
        digest.update(leftRoot);
        return digest.digest(rightRoot);
    }

    /** PATH of RFC 9162, section 2.1.3.1, word by word. */
    private static List<byte[]> path(int index, List<byte[]> leaves) {
        if (leaves.size() == 1) {
            return List.of();
        }
        int left = powerOfTwoBelow(leaves.size());
        List<byte[]> path;
        if (index < left) {
            path = new ArrayList<>(path(index, leaves.subList(0, left)));
            path.add(root(leaves.subList(left, leaves.size())));
        } else {
            path = new ArrayList<>(path(index - left, leaves.subList(left, leaves.size())));
            path.add(root(leaves.subList(0, left)));
        }
        return path;
    }

    private static int powerOfTwoBelow(int size) {
        int power = 1;
        while (power * 2 < size) {
            power *= 2;
        }
        return power;
    }

    private static byte[] hash(int number) {
        return Hashes.sha256().digest(new byte[] {(byte) number, (byte) (number >> 8)});
    }
}

package io.pgweir.audit.seal;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * That one record is in a chain, for somebody who sees no other: the record, the hashes on its way to a checkpoint's root, and that
 * checkpoint with its signature.
 *
 * @param record its text, byte for byte
 */
public record Proof(String record, InclusionProof leaf, String chain, Checkpoint checkpoint) {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
    private static final String FORMAT = "pgweir audit proof v1";

    /** 64 levels: more leaves than a long counts. */
    private static final int PATH_MAX = 64;

    /**
     * What a proof shows.
     *
     * @param faults why it does not; empty where it does
     * @param signedBy id of the given key that signed the checkpoint; null for none
     */
    public record Verdict(List<String> faults, @Nullable String signedBy, int opened, int erased) {}

    public Verdict verify(List<PublicSealKey> keys) {
        List<String> faults = new ArrayList<>();
        byte[] text = record.getBytes(StandardCharsets.UTF_8);
        RecordChecker checker = new RecordChecker(0);
        checker.record(text, 0, text.length, 1);
        CheckedBatch checked = checker.checked();
        checked.faults.forEach(fault -> faults.add(fault.what()));
        String signedBy = null;
        if (checked.links.size() == 1) {
            Link link = checked.links.getFirst();
            if (link.state() == Link.State.CUT) {
                faults.add("record " + link.seq() + " was cut by a sink: its content cannot be proven");
            }
            checkPlace(link, faults);
        }
        for (PublicSealKey key : keys) {
            if (key.id().equals(checkpoint.keyId()) && checkpoint.isSignedBy(key, chain)) {
                signedBy = key.id();
            }
        }
        if (signedBy == null && !keys.isEmpty()) {
            faults.add("the checkpoint is not signed by a given key (it names " + checkpoint.keyId() + ")");
        }
        return new Verdict(faults, signedBy, (int) checked.opened, (int) checked.erased);
    }

    private void checkPlace(Link link, List<String> faults) {
        if (!link.chain().equals(chain)) {
            faults.add("the record is of chain " + link.chain() + ", the checkpoint of " + chain);
        }
        if (link.seq() != checkpoint.first() + leaf.index()
                || leaf.size() != checkpoint.records()
                || checkpoint.last() - checkpoint.first() + 1 != checkpoint.records()) {
            faults.add("record " + link.seq() + " is not leaf " + leaf.index() + " of " + checkpoint.first() + ".."
                    + checkpoint.last());
        }
        byte[] root = leaf.root(link.hash());
        if (root == null || !Hashes.hex(root).equals(checkpoint.root())) {
            faults.add("the path does not lead from record " + link.seq() + " to the checkpoint's root");
        }
    }

    public void write(Writer out) {
        try (JsonGenerator to = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            to.writeStartObject();
            to.writeStringProperty("proof", FORMAT);
            to.writeStringProperty("record", record);
            to.writeObjectPropertyStart("leaf");
            to.writeNumberProperty("index", leaf.index());
            to.writeNumberProperty("size", leaf.size());
            to.writeArrayPropertyStart("path");
            leaf.path().forEach(hash -> to.writeString(Hashes.hex(hash)));
            to.writeEndArray();
            to.writeEndObject();
            to.writeObjectPropertyStart("checkpoint");
            to.writeStringProperty("chain", chain);
            to.writeNumberProperty("first_seq", checkpoint.first());
            to.writeNumberProperty("last_seq", checkpoint.last());
            to.writeNumberProperty("records", checkpoint.records());
            to.writeStringProperty("root", checkpoint.root());
            if (checkpoint.keyId() != null && checkpoint.signature() != null) {
                to.writeStringProperty("key_id", checkpoint.keyId());
                to.writeStringProperty("signature", checkpoint.signature());
            }
            to.writeEndObject();
            to.writeEndObject();
        }
    }

    /** @throws IOException where it is no proof; the message says why */
    public static Proof read(byte[] json) throws IOException {
        String format = "";
        String record = null;
        InclusionProof leaf = null;
        ControlRecord.Members checkpoint = null;
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no proof (expected: a JSON object)");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "proof" -> format = parser.getString();
                    case "record" -> record = parser.getString();
                    case "leaf" -> leaf = leaf(parser);
                    case "checkpoint" -> checkpoint = ControlRecord.Members.of(parser);
                    default -> parser.skipChildren();
                }
            }
        } catch (JacksonException | IllegalArgumentException garbage) {
            throw new IOException("no proof: " + garbage.getMessage(), garbage);
        }
        if (!format.equals(FORMAT) || record == null || leaf == null || checkpoint == null) {
            throw new IOException("no proof (expected: proof \"" + FORMAT + "\", record, leaf, checkpoint)");
        }
        return new Proof(record, leaf, checkpoint.string("chain"), checkpoint.checkpoint());
    }

    private static InclusionProof leaf(JsonParser parser) {
        long index = -1;
        long size = 0;
        List<byte[]> path = new ArrayList<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("index")) {
                index = parser.getLongValue();
            } else if (name.equals("size")) {
                size = parser.getLongValue();
            } else if (name.equals("path") && value == JsonToken.START_ARRAY) {
                while (parser.nextToken() == JsonToken.VALUE_STRING && path.size() < PATH_MAX) {
                    path.add(HexFormat.of().parseHex(parser.getString()));
                }
            } else {
                parser.skipChildren();
            }
        }
        return new InclusionProof(index, size, path);
    }
}

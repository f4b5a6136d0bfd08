package io.pgweir.audit.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.NativeRecords;
import io.pgweir.audit.RecordFormat;
import io.pgweir.audit.RecordedNotes;
import io.pgweir.audit.cloudwatch.FakeCloudWatchLogs.Fault;
import io.pgweir.audit.cloudwatch.FakeCloudWatchLogs.Put;
import io.pgweir.audit.cloudwatch.FakeCloudWatchLogs.Stored;
import io.pgweir.audit.encode.Chunk;
import io.pgweir.audit.encode.ChunkJoiner;
import io.pgweir.audit.encode.ChunkText;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.AuditConfig.Oversize;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.ObjectMapper;

/** The sink, with the real client, against a server that enforces what AWS documents. */
@Timeout(60)
class CloudWatchLogsSinkIT {
    private static final String GROUP = "/pgweir/orders";
    private static final String STREAM = "agent-1";
    private static final int LARGEST = AuditConfig.Sink.CloudWatchLogs.RECORD_BYTES_MAX;

    private final RecordedNotes notes = new RecordedNotes();
    private FakeCloudWatchLogs aws;
    private @Nullable CloudWatchLogsSink sink;

    @BeforeEach
    void start() throws IOException {
        aws = new FakeCloudWatchLogs();
        aws.create(GROUP, STREAM);
        credentials("AKIDGOOD");
        // No credentials of this machine, and no waiting for a metadata service.
        System.setProperty("aws.disableEc2Metadata", "true");
        System.setProperty("aws.sharedCredentialsFile", "/nonexistent");
        System.setProperty("aws.configFile", "/nonexistent");
    }

    @AfterEach
    void stop() {
        if (sink != null) {
            sink.close();
        }
        aws.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    private static void credentials(String accessKey) {
        System.setProperty("aws.accessKeyId", accessKey);
        System.setProperty("aws.secretAccessKey", "secret");
    }

    private CloudWatchLogsSink open(boolean create, int recordBytes, Oversize oversize) throws IOException {
        return open(aws.endpoint(), create, recordBytes, oversize);
    }

    private CloudWatchLogsSink open(URI endpoint, boolean create, int recordBytes, Oversize oversize)
            throws IOException {
        CloudWatchLogsSink opened = new CloudWatchLogsSink(
                new AuditConfig.Sink.CloudWatchLogs(
                        "eu-central-1",
                        GROUP,
                        STREAM,
                        AuditConfig.Format.NDJSON,
                        endpoint,
                        create,
                        recordBytes,
                        oversize,
                        null),
                RecordFormat.NATIVE,
                notes,
                Clock.systemUTC(),
                Duration.ofMillis(500));
        opened.open();
        sink = opened;
        return opened;
    }

    private CloudWatchLogsSink open() throws IOException {
        return open(true, LARGEST, Oversize.TRUNCATE);
    }

    private List<String> messages() {
        return aws.stored(GROUP, STREAM).stream().map(Stored::message).toList();
    }

    private static List<String> texts(List<AuditRecord> records) {
        return records.stream().map(AuditRecord::toString).toList();
    }

    /** A record of exactly so many bytes. */
    private static AuditRecord ofBytes(long seq, int bytes) {
        int empty = NativeRecords.statement(seq, 1, "").json().length;
        AuditRecord record = NativeRecords.statement(seq, 1, "x".repeat(bytes - empty));
        assertThat(record.json()).hasSize(bytes);
        return record;
    }

    @Test
    void deliversRecordsWithTheirTimes() throws Exception {
        // Given
        Instant time = Instant.parse(Instant.now().minusSeconds(3600).toString().substring(0, 19) + "Z");
        AuditRecord euro = NativeRecords.statement(1, 1, "\u20ac \\u0001", time);
        // When
        open().write(List.of(euro));
        // Then
        assertThat(aws.stored(GROUP, STREAM)).containsExactly(new Stored(time.toEpochMilli() + 123, euro.toString()));
        assertThat(notes.told).isEmpty();
    }

    @Test
    void fillsBatchesToTheByte() throws Exception {
        // Given: two that fill a batch exactly, and two that are one byte over
        int half = (FakeCloudWatchLogs.BATCH_BYTES_MAX - 2 * 26) / 2;
        List<AuditRecord> records = List.of(ofBytes(1, half), ofBytes(2, half), ofBytes(3, half), ofBytes(4, half + 1));
        // When
        open().write(records);
        // Then
        assertThat(messages()).containsExactlyElementsOf(texts(records));
        assertThat(aws.puts())
                .containsExactly(
                        new Put(2, FakeCloudWatchLogs.BATCH_BYTES_MAX), new Put(1, half + 26), new Put(1, half + 27));
    }

    @Test
    void theLargestRecordGoesWhole() throws Exception {
        // Given
        AuditRecord largest = ofBytes(1, FakeCloudWatchLogs.EVENT_BYTES_MAX);
        // When
        open().write(List.of(largest));
        // Then
        assertThat(messages()).containsExactly(largest.toString());
        assertThat(notes.told).isEmpty();
    }

    @Test
    void whatIsAByteLongerIsCut() throws Exception {
        // Given
        AuditRecord longer = ofBytes(1, FakeCloudWatchLogs.EVENT_BYTES_MAX + 1);
        // When
        open().write(List.of(longer));
        // Then
        assertThat(new ObjectMapper()
                        .readTree(messages().getFirst())
                        .at("/cut/length")
                        .asInt())
                .isEqualTo(FakeCloudWatchLogs.EVENT_BYTES_MAX + 1);
        assertThat(notes.told).containsExactly("oversized 1");
    }

    @Test
    void whatIsLongerIsSentInPiecesThatMakeTheWhole() throws Exception {
        // Given
        AuditRecord longer = NativeRecords.statement(1, 1, "\u20ac\\\"\\n".repeat(20_000));
        // When
        open(true, 10_000, Oversize.CHUNK).write(List.of(NativeRecords.heartbeat(2), longer));
        // Then
        ChunkJoiner joiner = new ChunkJoiner(1 << 20);
        List<String> wholes = new ArrayList<>();
        for (String message : messages()) {
            assertThat(message.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(10_000);
            Chunk chunk = ChunkText.read(message.getBytes(StandardCharsets.UTF_8));
            Optional<byte[]> whole = chunk == null ? Optional.empty() : joiner.add(chunk);
            whole.map(bytes -> new String(bytes, StandardCharsets.UTF_8)).ifPresent(wholes::add);
        }
        assertThat(wholes).containsExactly(longer.toString());
        assertThat(joiner.unjoined()).isEmpty();
    }

    @Test
    void tenThousandEventsABatch() throws Exception {
        // Given: so short that only their number counts
        List<AuditRecord> records = new ArrayList<>();
        for (int i = 0; i < 10_001; i++) {
            records.add(new AuditRecord(("{\"seq\":" + i + "}").getBytes(StandardCharsets.UTF_8)));
        }
        // When
        open().write(records);
        // Then
        assertThat(messages()).containsExactlyElementsOf(texts(records));
        assertThat(aws.puts()).extracting(Put::events).containsExactly(10_000, 1);
    }

    @Test
    void splitsWhatSpansMoreThanADayAndSortsIt() throws Exception {
        // Given
        Instant now = Instant.now();
        AuditRecord today = NativeRecords.statement(1, 1, "today", now);
        AuditRecord twoDaysAgo = NativeRecords.statement(2, 1, "before", now.minus(Duration.ofDays(2)));
        AuditRecord dayAgo = NativeRecords.statement(3, 1, "between", now.minus(Duration.ofDays(1)));
        // When
        open().write(List.of(today, twoDaysAgo, dayAgo));
        // Then
        assertThat(messages()).containsExactlyElementsOf(texts(List.of(twoDaysAgo, dayAgo, today)));
        assertThat(aws.puts()).extracting(Put::events).containsExactly(2, 1);
    }

    @Test
    void whatIsTooOldOrTooNewIsThereUnderThePresentTime() throws Exception {
        // Given
        Instant now = Instant.now();
        aws.retention(Duration.ofDays(3));
        List<AuditRecord> records = List.of(
                NativeRecords.statement(1, 1, "old", now.minus(Duration.ofDays(20))),
                NativeRecords.statement(2, 1, "older than kept", now.minus(Duration.ofDays(5))),
                NativeRecords.statement(3, 1, "fine", now),
                NativeRecords.statement(4, 1, "new", now.plus(Duration.ofHours(5))));
        // When
        open().write(records);
        // Then
        assertThat(messages()).containsExactlyInAnyOrderElementsOf(texts(records));
        assertThat(aws.stored(GROUP, STREAM))
                .allSatisfy(stored -> assertThat(Duration.between(Instant.ofEpochMilli(stored.millis()), now)
                                .abs())
                        .isLessThan(Duration.ofMinutes(1)));
        assertThat(notes.told).containsExactlyInAnyOrder("too_old 1", "expired 1", "too_new 1");
    }

    @Test
    void saysThatTheClockIsWrongWhenThePresentIsRefusedToo() throws Exception {
        // Given
        aws.skew(Duration.ofHours(-5));
        // When // Then
        CloudWatchLogsSink opened = open();
        assertThatThrownBy(() -> opened.write(List.of(NativeRecords.heartbeat(1))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("this host's clock is wrong");
        assertThat(notes.told).isEmpty();
    }

    @Test
    void createsGroupAndStreamAndDoesSoAgainWhenTheyAreDeleted() throws Exception {
        // Given
        aws.deleteGroup(GROUP);
        CloudWatchLogsSink opened = open();
        List<AuditRecord> first = NativeRecords.statements(1, 3, 1);
        List<AuditRecord> second = NativeRecords.statements(4, 3, 1);
        opened.write(first);
        assertThat(messages()).containsExactlyElementsOf(texts(first));
        aws.deleteGroup(GROUP);
        // When
        opened.write(second);
        // Then
        assertThat(messages()).containsExactlyElementsOf(texts(second));
        assertThat(aws.calls()).filteredOn("CreateLogGroup"::equals).hasSize(2);
    }

    @Test
    void aStreamOfAGroupThatIsThereNeedsNoRightToCreateGroups() throws Exception {
        // Given
        aws.deleteGroup(GROUP);
        aws.create(GROUP, "another");
        aws.deny("CreateLogGroup");
        CloudWatchLogsSink opened = open();
        List<AuditRecord> records = NativeRecords.statements(1, 3, 1);
        // When
        opened.write(records);
        // Then
        assertThat(messages()).containsExactlyElementsOf(texts(records));
        assertThat(aws.calls()).doesNotContain("CreateLogGroup");
    }

    @Test
    void createsNothingUnlessItMay() throws Exception {
        // Given
        aws.deleteGroup(GROUP);
        CloudWatchLogsSink opened = open(false, LARGEST, Oversize.TRUNCATE);
        // When // Then
        assertThatThrownBy(() -> opened.write(List.of(NativeRecords.heartbeat(1))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cloudwatch logs /pgweir/orders agent-1: ResourceNotFoundException")
                .hasMessageContaining("does not exist");
        assertThat(aws.calls()).containsOnly("PutLogEvents");
    }

    @ParameterizedTest
    @CsvSource({
        "400, ThrottlingException, throttled",
        "503, ServiceUnavailableException, AWS fails (503)",
        "500, InternalFailure, AWS fails (500)",
        "400, AccessDeniedException, not allowed",
        "400, UnrecognizedClientException, AWS refuses the credentials",
    })
    void saysWhyAndWorksWhenItIsOver(int status, String type, String reason) throws Exception {
        // Given: as many as the client tries
        aws.fail(new Fault.Answer(status, type), new Fault.Answer(status, type));
        CloudWatchLogsSink opened = open();
        List<AuditRecord> records = NativeRecords.statements(1, 5, 1);
        assertThatThrownBy(() -> {
                    opened.write(records);
                    opened.write(records);
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
        // When
        Awaitility.await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            opened.write(records);
            return true;
        });
        // Then
        assertThat(messages().stream().distinct()).containsExactlyElementsOf(texts(records));
    }

    @Test
    void oneThrottledCallIsTriedAgainByTheClient() throws Exception {
        // Given
        aws.fail(new Fault.Answer(400, "ThrottlingException"));
        List<AuditRecord> records = NativeRecords.statements(1, 5, 1);
        // When
        open().write(records);
        // Then
        assertThat(messages()).containsExactlyElementsOf(texts(records));
    }

    @Test
    void anAnswerThatDoesNotComeIsAFailureInTime() throws Exception {
        // Given
        aws.fail(new Fault.Hang(), new Fault.Hang(), new Fault.Hang(), new Fault.Hang());
        CloudWatchLogsSink opened = open();
        AuditRecord record = NativeRecords.heartbeat(1);
        long start = System.nanoTime();
        // When // Then
        assertThatThrownBy(() -> opened.write(List.of(record)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no answer in time");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aConnectionThatEndsIsAFailureAndTheNextOneWorks() throws Exception {
        // Given
        aws.fail(new Fault.Close(), new Fault.Close(), new Fault.Close(), new Fault.Close());
        CloudWatchLogsSink opened = open();
        List<AuditRecord> records = NativeRecords.statements(1, 5, 1);
        assertThatThrownBy(() -> opened.write(records)).isInstanceOf(IOException.class);
        // When
        Awaitility.await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            opened.write(records);
            return true;
        });
        // Then
        assertThat(messages()).containsExactlyElementsOf(texts(records));
    }

    @Test
    void whatIsTooLongIsToldOnceHoweverOftenItIsTried() throws Exception {
        // Given
        aws.fail(new Fault.Answer(400, "AccessDeniedException"), new Fault.Answer(400, "AccessDeniedException"));
        CloudWatchLogsSink opened = open();
        List<AuditRecord> records = List.of(ofBytes(1, FakeCloudWatchLogs.EVENT_BYTES_MAX + 1));
        assertThatThrownBy(() -> opened.write(records)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> opened.write(records)).isInstanceOf(IOException.class);
        // When
        opened.write(records);
        // Then
        assertThat(notes.told).containsExactly("oversized 1");
    }

    @Test
    void nobodyThereIsAFailureThatNamesThePlace() throws Exception {
        // Given
        URI gone = aws.endpoint();
        aws.close();
        CloudWatchLogsSink opened = open(gone, true, LARGEST, Oversize.TRUNCATE);
        // When // Then
        assertThatThrownBy(() -> opened.write(List.of(NativeRecords.heartbeat(1))))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cloudwatch logs /pgweir/orders agent-1: ");
    }

    @Test
    void expiredCredentialsAreNamedAndFreshOnesTaken() throws Exception {
        // Given
        aws.expire("AKIDOLD");
        credentials("AKIDOLD");
        CloudWatchLogsSink opened = open();
        List<AuditRecord> records = NativeRecords.statements(1, 5, 1);
        assertThatThrownBy(() -> opened.write(records))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("AWS refuses the credentials: ExpiredTokenException");
        // When
        credentials("AKIDNEW");
        opened.write(records);
        // Then
        assertThat(messages()).containsExactlyElementsOf(texts(records));
    }

    @Test
    void missingCredentialsAreNamedAndTakenWhenTheyAreThere() throws Exception {
        // Given
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        CloudWatchLogsSink opened = open();
        List<AuditRecord> records = NativeRecords.statements(1, 5, 1);
        assertThatThrownBy(() -> opened.write(records))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no AWS credentials");
        // When
        credentials("AKIDNEW");
        opened.write(records);
        // Then
        assertThat(messages()).containsExactlyElementsOf(texts(records));
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        // Given
        aws.fail(new Fault.Hang(), new Fault.Hang(), new Fault.Hang(), new Fault.Hang());
        CloudWatchLogsSink opened = open();
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread delivery = Thread.ofPlatform().start(() -> {
            try {
                opened.write(List.of(NativeRecords.heartbeat(2)));
                outcome.complete(new AssertionError("written"));
            } catch (IOException | InterruptedException fault) {
                outcome.complete(fault);
            }
        });
        // When
        delivery.interrupt();
        // Then
        assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "a b, s, 10000, group",
        "g, a:b, 10000, stream",
        "g, s, 1048551, record-bytes",
        "g, s, 100, record-bytes"
    })
    void refusesWhatAwsWould(String group, String stream, int recordBytes, String named) {
        CloudWatchLogsSink wrong = new CloudWatchLogsSink(
                new AuditConfig.Sink.CloudWatchLogs(
                        null, group, stream, AuditConfig.Format.NDJSON, null, true, recordBytes, Oversize.CHUNK, null),
                RecordFormat.NATIVE,
                notes);
        assertThatThrownBy(wrong::open)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("audit sink cloudwatch-logs: " + named + ": ");
    }
}

package io.pgweir.audit.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.Sample;
import io.pgweir.wire.ErrorFields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerMessageTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        42P01 | relation "orders" does not exist                         | relation "orders" does not exist
        42P01 | relation "mistyped" does not exist                       | relation "?" does not exist
        42703 | column "id" of relation "orders" does not exist          | column "id" of relation "orders" does not exist
        42601 | syntax error at or near "'secret'"                       | syntax error at or near "?"
        42601 | unterminated quoted string at or near "'se "id" cret"    | unterminated quoted string at or near "?"
        42601 | syntax error at or near "secret                          | syntax error at or near "?"
        42703 | column "id" of relation "x" and "orders" and more        | column "id" of relation "?" and more
        22P02 | invalid input syntax for type integer: "orders"          | invalid input syntax for type integer: "?"
        22003 | value "9999999999" is out of range for type integer      | value "?" is out of range for type integer
        22021 | invalid byte sequence for encoding "UTF8": 0xe9 0x31     | invalid byte sequence for encoding "?"
        22012 | division by zero                                         | division by zero
        23505 | duplicate key value violates unique constraint "orders_pkey" | duplicate key value violates unique constraint "orders_pkey"
        P0001 | card 4111 refused                                        | [redacted]
        38000 | plpython said something                                  | [redacted]
        HV000 | remote said something                                    | [redacted]
        UE001 | an application's own code                                | [redacted]
        42P01 | Relation »orders« existiert nicht                        | [redacted]
        25P02 | current transaction is aborted, commands ignored until end of transaction block | current transaction is aborted, commands ignored until end of transaction block
        """)
    void keepsNamesAndNoData(String sqlState, String message, String expected) {
        // Given
        ErrorFields error = new ErrorFields(
                "ERROR", sqlState, message, null, null, 0, "public", "orders", null, null, "orders_pkey");
        // When
        String redacted = ServerMessage.redacted(error, Sample.sql("select id from orders")::mentions);
        // Then
        assertThat(redacted).isEqualTo(expected);
    }
}

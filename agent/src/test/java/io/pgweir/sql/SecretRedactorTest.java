package io.pgweir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretRedactorTest {

    private static String withoutSecrets(String text) {
        return SecretRedactor.redact(text, LexicalRules.DEFAULT, 0, text.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter role bob password 's3cret'",
                "ALTER USER bob WITH ENCRYPTED PASSWORD 's3cret' VALID UNTIL '2030-01-01'",
                "create group g password $$s3cret$$",
                "create role bob password $x$s3cret$x$ login",
                "create role bob password E's3cr\\x65t s3cret'",
                "create role bob password U&'s3cret\\0061' uescape '!'",
                "create role bob password 's3c'\n'ret s3cret'",
                "create role bob password 's3cret",
                "create role bob password 'it's s3cret'",
                "create role bob password 'a' s3cret ' b'",
                "create role bob password 'a' 's3cret'",
                "create role bob password \"s3cret\"",
                "create role bob password s3cret",
                "create role bob password = 's3cret'",
                "create role bob /* x */ password /* y */ 's3cret'",
                "alter role bob set my.token = 's3cret'",
                "explain alter role bob password 's3cret'",
                "create user mapping for bob server s options (user 'bob', password 's3cret')",
                "alter user mapping for bob server s options (set password 's3cret', add \"sslkey\" 's3cret')",
                "alter user mapping for bob server s options (set password 'it's s3cret')",
                "create server s foreign data wrapper w options (host 'h', api_key 's3cret')",
                "create subscription s connection 'host=h password=s3cret' publication p",
                "alter subscription s connection 'anything s3cret'",
                "select dblink('host=h password=s3cret', 'select 1')",
                "select dblink($$host=h password = s3cret$$, 'select 1')",
                "select dblink_connect('postgresql://bob:s3cret@h/db')",
                "select dblink_connect(E'postgresql://bob\\x3as3cret@h/db')",
                "select * from dblink('host=h pass'\n'word=s3cret')",
                "set app.password = 's3cret'",
                "set app.secret to s3cret",
                "set local app.token to \"s3cret\"",
                "select set_config('app.password', 's3cret', false)",
                "select set_config('app.api_token', 's3cret', false)",
                "select f(password => 's3cret')",
                "select * from users where password = 's3cret' and id = 1",
                "do $$ begin execute 'alter role bob password ''s3cret'''; end $$",
                "do $a$ begin execute $b$alter role bob password 's3cret'$b$; end $a$",
                "do 'begin execute ''alter role bob password ''''s3cret''''''; end'",
                "select format('alter role %I password %L', 'bob', 's3cret')",
                "select 'alter role bob password ' || quote_literal('s3cret')",
                "create function f() returns void language sql as $$ alter role bob password 's3cret' $$",
                "select 1 -- password s3cret",
                "select 1 /* postgres://bob:s3cret@h/db */",
                "alter role bob password 's3cret'; select 'x",
                "select 1; alter role bob password 's3cret'",
                "do $1$ $2$ alter role bob password 's3cret' $2$ $1$",
                "alter system set app.secret_key = 's3cret'",
                "insert into t values ('{\"password\": \"s3cret\"}')",
            })
    void noSecretStays(String text) {
        assertThat(withoutSecrets(text)).doesNotContain("s3cret").contains("***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 'plain', 1 from t where key = 'a' and primary_key = 5",
                "alter role bob password null",
                "alter role bob connection limit 5",
                "set password_encryption = 'scram-sha-256'",
                "load 'passwordcheck'",
                "select password from users where id = $1",
                "do $$ begin perform 1; end $$",
                "insert into pages values ('https://example.org/a?b=c')",
                "create function f() returns int language sql as $$ select 1 from users where password = $1 $$",
                "select E'a\\nb', U&'\\0061'",
            })
    void whatIsNoSecretStays(String text) {
        assertThat(withoutSecrets(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "alter role bob password 'x' valid until '2030-01-01' | alter role bob password '***' valid until '2030-01-01'",
                "create user mapping for bob server s options (user 'b', password 'x') "
                        + "| create user mapping for bob server s options (user 'b', password '***')",
                "do $$ begin execute 'create role r password ''x'''; end $$ | do $$ begin execute '***'; end $$",
                "set app.token to x | set app.token to '***'",
            })
    void theRestStaysAsWritten(String text, String expected) {
        assertThat(withoutSecrets(text)).isEqualTo(expected);
    }

    @Test
    void nestingIsBounded() {
        // Given
        StringBuilder text = new StringBuilder("select 'password s3cret'");
        for (int i = 0; i < 40; i++) {
            text.insert(0, "do $a" + i + "$ ").append(" $a").append(i).append("$");
        }

        // When
        String hidden = withoutSecrets(text.toString());

        // Then
        assertThat(hidden).doesNotContain("s3cret");
    }
}

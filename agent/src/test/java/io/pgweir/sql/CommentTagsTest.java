package io.pgweir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommentTagsTest {
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static Map<String, String> tags(String text) {
        return SqlScript.of(text, LexicalRules.DEFAULT).statements().getFirst().tags();
    }

    @Test
    void pairsAreDecoded() {
        assertThat(tags("select 1 /*action='%2Fparam*d',controller='it\\'s',tracestate='a%3Db',traceparent='"
                        + TRACEPARENT
                        + "'*/"))
                .containsExactly(
                        Map.entry("action", "/param*d"),
                        Map.entry("controller", "it's"),
                        Map.entry("tracestate", "a=b"),
                        Map.entry("traceparent", TRACEPARENT));
        assertThat(tags("/* a='%C3%A9' , b='%zz' */ select 1;"))
                .containsEntry("a", "é")
                .containsEntry("b", "%zz");
    }

    @Test
    void aCommentBelongsToTheStatementBeforeItsSemicolon() {
        var statements = SqlScript.of("select 1 /*a='1'*/; /*a='2'*/ select 2; /*b='3'*/", LexicalRules.DEFAULT)
                .statements();
        assertThat(statements.get(0).tags()).containsExactly(Map.entry("a", "1"));
        assertThat(statements.get(1).tags()).containsExactly(Map.entry("a", "2"), Map.entry("b", "3"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1 /* plain */",
                "select 1 /*+ SeqScan(t) */",
                "select 1 /*a=b*/",
                "select 1 /*a='b*/",
                "select 1 /*a='b'c='d'*/",
                "select 1 /*='b'*/",
                "select 1 /*a='b'",
                "select '/*a=''b''*/'",
                "select 1 --/*a='b'*/",
                "select 1 /*traceparent='00-x'*/",
                "select 1 /*traceparent='00-00000000000000000000000000000000-b7ad6b7169203331-01'*/",
                "select 1 /*traceparent='00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'*/",
            })
    void garbageHasNone(String text) {
        assertThat(tags(text)).isEmpty();
    }

    @Test
    void numberAndSizeAreBounded() {
        StringBuilder many = new StringBuilder("select 1 ");
        for (int i = 0; i < 100; i++) {
            many.append("/*k").append(i).append("='v'*/");
        }
        assertThat(tags(many.toString())).hasSize(32);
        assertThat(tags("select 1 /*a='" + "x".repeat(2000) + "'*/")).isEmpty();
        assertThat(tags("select 1 /*a='x',b='" + "x".repeat(9000) + "'*/")).isEmpty();
    }
}

package io.pgweir.proxy.split;

import io.pgweir.auth.KnownRole;
import io.pgweir.auth.Lookup;
import io.pgweir.auth.Password;
import io.pgweir.auth.Verifiers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells of every role what it is told to tell, as soon as it is; forgets it when it is told to forget. */
final class ToldSecret implements Verifiers {
    private CompletableFuture<Lookup> answer = new CompletableFuture<>();

    void tell(Lookup lookup) {
        answer.complete(lookup);
    }

    void tell(String password) {
        tell(new Lookup.Found(new KnownRole("u", new Password(password))));
    }

    @Override
    public CompletionStage<Lookup> lookup(String user, String database) {
        return answer;
    }

    @Override
    public void invalidate(String user) {
        answer = new CompletableFuture<>();
    }

    @Override
    public void close() {}
}

package io.pgweir.offline.whatif;

import io.pgweir.proxy.judge.Judged;
import io.pgweir.proxy.judge.Ruling;
import io.pgweir.rules.Action;
import io.pgweir.rules.ActionKind;
import io.pgweir.rules.Hit;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** From what rules say to what a client would see of it. */
final class Effects {
    private Effects() {}

    /** Of a request, as the proxy would go on with it. */
    static List<Effect> of(Judged judged, Ruling ruling) {
        Verdict all = judged.all();
        TreeSet<Effect> effects = new TreeSet<>();
        switch (ruling) {
            case Ruling.Close(Action.Close close) -> {
                effects.add(effect(all, close));
                return List.copyOf(effects);
            }
            case Ruling.Refuse(var error) -> {
                effects.add(new Effect(ActionKind.BLOCK, refusedBy(all), error.sqlState() + ": " + error.message()));
                return List.copyOf(effects);
            }
            case Ruling.Go go -> {
                Action.Rewrite rewrite = all.rewrite();
                if (go.text() != null && rewrite != null) {
                    effects.add(effect(all, rewrite));
                }
                if (go.waitNanos() > 0) {
                    Action.Throttle throttle = all.throttles().getFirst();
                    effects.add(new Effect(ActionKind.THROTTLE, all.ruleOf(throttle), ""));
                }
            }
            case Ruling.Pass _ -> {}
        }
        all.masks().forEach(mask -> effects.add(effect(all, mask)));
        all.tags().forEach(tag -> effects.add(effect(all, tag)));
        for (Hit hit : all.hits()) {
            if (acts(hit)) {
                for (Action action : hit.actions()) {
                    switch (action.kind()) {
                        case ALERT, ROUTE, CAPTURE, SAMPLE, EXCLUDE -> effects.add(effect(all, action));
                        default -> {
                            // Above, or of what has come of a result.
                        }
                    }
                }
            }
        }
        return List.copyOf(effects);
    }

    static boolean acts(Hit hit) {
        return hit.mode() == Mode.ENFORCE && hit.exemption() == null;
    }

    /** A block, or else what would refuse for want of room or time. */
    private static String refusedBy(Verdict all) {
        List<Action> candidates = new ArrayList<>();
        Action.Block block = all.block();
        if (block != null) {
            candidates.add(block);
        }
        candidates.addAll(all.budgets());
        Action.Rewrite rewrite = all.rewrite();
        if (rewrite != null) {
            candidates.add(rewrite);
        }
        candidates.addAll(all.throttles());
        return candidates.isEmpty() ? "" : all.ruleOf(candidates.getFirst());
    }

    /** Of a session that is let in. */
    static List<Effect> ofSession(Verdict verdict) {
        TreeSet<Effect> effects = new TreeSet<>();
        for (Hit hit : verdict.hits()) {
            if (acts(hit)) {
                hit.actions().stream()
                        .filter(action -> action.kind() != ActionKind.ALLOW)
                        .forEach(action -> effects.add(effect(verdict, action)));
            }
        }
        return List.copyOf(effects);
    }

    /** Of a result that has come to its end: whether it would have been ended before. */
    static List<Effect> ofResult(Verdict request, Verdict counting, Execution execution) {
        TreeSet<Effect> effects = new TreeSet<>();
        for (Action.Limit limit : request.limits()) {
            if (execution.rows() > limit.rowsMax() || execution.bytes() > limit.bytesMax()) {
                effects.add(effect(request, limit));
            }
        }
        Action.Block block = counting.block();
        if (block != null) {
            effects.add(effect(counting, block));
        }
        Action.Close close = counting.close();
        if (close != null) {
            effects.add(effect(counting, close));
        }
        return List.copyOf(effects);
    }

    private static Effect effect(Verdict verdict, Action action) {
        return new Effect(action.kind(), verdict.ruleOf(action), detail(action));
    }

    private static String detail(Action action) {
        return switch (action) {
            case Action.Block block -> block.sqlState() + ": " + block.message();
            case Action.Close close -> close.sqlState() + ": " + close.message();
            case Action.Mask mask -> mask.columns() + " " + mask.how();
            case Action.Limit limit -> limit.rowsMax() + " rows, " + limit.bytesMax() + " bytes";
            case Action.Alert alert -> alert.channel();
            case Action.Tag tag -> tag.name() + "=" + tag.value();
            case Action.Sample sample -> String.valueOf(sample.share());
            case Action.Route route -> route.target().name();
            case Action.Rewrite.Replace replace -> replace.sql();
            case Action.Rewrite.AtMost most -> "at most " + most.rows() + " rows";
            case Action.Throttle _, Action.Budget _, Action.CaptureFull _, Action.Exclude _, Action.Allow _ -> "";
        };
    }
}

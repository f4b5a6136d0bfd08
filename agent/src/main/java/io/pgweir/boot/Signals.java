package io.pgweir.boot;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signals that end a Java process which does not ask for them. {@code sun.misc.Signal} is the only way to ask, and no API. */
public final class Signals {
    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /**
     * From now on {@code then} is run for each, on a thread of the JVM's own; where that cannot be had, the log says so.
     *
     * @param name without SIG
     */
    public static void handle(String name, Runnable then) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object handles = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            then.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), handles);
        } catch (ReflectiveOperationException | RuntimeException unavailable) {
            log.atWarn().addKeyValue("signal", name).setCause(unavailable).log("Signal has its usual effect here");
        }
    }
}

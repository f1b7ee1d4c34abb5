package io.weir.blackbox.rig;

import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.jspecify.annotations.Nullable;

/**
 * Hands the shared products to the test classes that ask for one in their constructor. Each is started when the first asks, and stopped when
 * all tests have run, so that every class runs alone as well.
 */
public final class Rigs implements ParameterResolver {

    private static final Namespace RIGS = Namespace.create(Rigs.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == OnPremRig.class || type == HybridRig.class || type == RoughRig.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        ExtensionContext.Store store = context.getRoot().getStore(RIGS);
        if (type == OnPremRig.class) {
            return store.computeIfAbsent(OnPremRig.class, key -> Start.of(OnPremRig::start), Start.class).rig();
        }
        if (type == HybridRig.class) {
            return store.computeIfAbsent(HybridRig.class, key -> Start.of(HybridRig::start), Start.class).rig();
        }
        return store.computeIfAbsent(RoughRig.class, key -> Start.of(RoughRig::start), Start.class).rig();
    }

    /** One start, tried once: what does not come up is not tried again for every test. */
    private record Start(@Nullable AutoCloseable started, @Nullable Throwable failure) implements AutoCloseable {

        static Start of(Supplier<AutoCloseable> start) {
            try {
                return new Start(start.get(), null);
            } catch (RuntimeException | Error failed) {
                return new Start(null, failed);
            }
        }

        AutoCloseable rig() {
            if (started == null) {
                throw new IllegalStateException("the product did not start", failure);
            }
            return started;
        }

        @Override
        public void close() throws Exception {
            if (started != null) {
                started.close();
            }
        }
    }
}

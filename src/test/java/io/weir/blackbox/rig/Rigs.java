package io.weir.blackbox.rig;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

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
            return store.computeIfAbsent(OnPremRig.class, key -> OnPremRig.start(), OnPremRig.class);
        }
        if (type == HybridRig.class) {
            return store.computeIfAbsent(HybridRig.class, key -> HybridRig.start(), HybridRig.class);
        }
        return store.computeIfAbsent(RoughRig.class, key -> RoughRig.start(), RoughRig.class);
    }
}

package io.weir.tenancy.testing;

import io.weir.tenancy.admission.AdmissionStore;
import io.weir.tenancy.admission.StoreAway;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** An admission store that loses the answers to some calls: the store has acted, the caller does not know. */
public final class LossyStore {

    private final AdmissionStore store;
    private final AtomicInteger toLose = new AtomicInteger();
    private volatile String lossy = "";

    public LossyStore(AdmissionStore real) {
        store = (AdmissionStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {AdmissionStore.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(real, arguments);
                        if (method.getName().equals(lossy) && toLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                            throw new StoreAway(StoreAway.Which.REDIS, "the answer was lost", null);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    public AdmissionStore store() {
        return store;
    }

    /** The answers to the next calls of this method are lost. */
    public void loseNext(String method, int calls) {
        lossy = method;
        toLose.set(calls);
    }

    public int left() {
        return toLose.get();
    }
}

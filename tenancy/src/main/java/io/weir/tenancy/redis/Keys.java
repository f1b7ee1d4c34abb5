package io.weir.tenancy.redis;

import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.admission.AttemptKey;
import io.weir.tenancy.admission.Counters;
import io.weir.tenancy.admission.Scope;
import java.util.UUID;

/**
 * Names of keys (DESIGN.md 7.1): {@code weir:{org}:e<epoch>:...}. The organisation is the hash tag, so that all keys of a script are in one slot. Behind
 * the prefix: {@code seeded}, {@code holds}, {@code h:<request>:<attempt>}, {@code r:<scope>} and {@code k:<scope>} (request and token buckets),
 * {@code b:<scope>:<period>} (money), {@code m:<row>} (row applied), {@code l:<start>} (lease).
 */
final class Keys {

    private final String organisation;

    Keys(OrganisationId organisation) {
        this.organisation = "weir:{" + organisation.value() + "}:e";
    }

    String prefix(long epoch) {
        return organisation + epoch + ":";
    }

    /** Matches every key of every epoch. */
    String all() {
        return organisation + "*";
    }

    /** The epoch a key of this organisation belongs to. */
    long epochOf(String key) {
        return Long.parseLong(key.substring(organisation.length(), key.indexOf(':', organisation.length())));
    }

    static String seeded(String prefix) {
        return prefix + "seeded";
    }

    static String holds(String prefix) {
        return prefix + "holds";
    }

    static String hold(String prefix, AttemptKey key) {
        return prefix + "h:" + key.text();
    }

    static String requests(String prefix, Scope scope) {
        return prefix + "r:" + scope.text();
    }

    static String tokens(String prefix, Scope scope) {
        return prefix + "k:" + scope.text();
    }

    static String counter(String prefix, Counters.Key key) {
        return prefix + "b:" + counter(key);
    }

    static String counter(Counters.Key key) {
        return key.scope().text() + ":" + key.periodFrom().toEpochMilli();
    }

    static String lease(String prefix, UUID start) {
        return prefix + "l:" + start;
    }
}

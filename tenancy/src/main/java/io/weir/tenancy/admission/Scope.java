package io.weir.tenancy.admission;

import io.weir.tenancy.TenantId;

/**
 * What a limit belongs to. Counters and buckets are kept per scope; one reservation takes from all of its scopes or from none.
 *
 * @param kind what sort
 * @param id which one, in the one form of ids, so that no two scopes share a key
 */
public record Scope(Kind kind, String id) {

    /** What sort of scope; its letter stands in keys. */
    public enum Kind {
        ORGANISATION('o'),
        TENANT('t'),
        PROJECT('p'),
        KEY('k'),
        SUBJECT('s');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    public static Scope of(TenantId tenant) {
        return new Scope(Kind.TENANT, tenant.value());
    }

    /** The scope as it stands in keys and in PostgreSQL, e.g. {@code t:acme}. */
    public String text() {
        return kind.letter + ":" + id;
    }

    /** The inverse of {@link #text}. */
    public static Scope parse(String text) {
        for (Kind kind : Kind.values()) {
            if (text.length() > 2 && text.charAt(0) == kind.letter && text.charAt(1) == ':') {
                return new Scope(kind, text.substring(2));
            }
        }
        throw new IllegalArgumentException("not a scope");
    }

    @Override
    public String toString() {
        return text();
    }
}

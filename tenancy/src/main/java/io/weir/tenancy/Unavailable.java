package io.weir.tenancy;

/** PostgreSQL, the system of record, cannot be asked now. Nothing is known about whether a change under way was made; asking again is safe. */
public class Unavailable extends RuntimeException {

    public Unavailable(String message, Throwable cause) {
        super(message, cause);
    }
}

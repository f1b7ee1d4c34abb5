package io.weir.tenancy.jdbc;

import io.weir.tenancy.Unavailable;
import java.sql.SQLException;

/** Says what a failed statement means, by its SQLSTATE class (PostgreSQL manual, appendix A). */
final class Failures {

    private Failures() {}

    /** Whether PostgreSQL could not be asked, or not now: another time the same statement may succeed. */
    static boolean isUnavailable(SQLException failure) {
        String state = failure.getSQLState();
        if (state == null || state.length() != 5) {
            return true; // a pool's or driver's own: no connection to be had
        }
        return switch (state.substring(0, 2)) {
            case "08", "40", "53", "55", "57", "58" -> true;
            default -> state.equals("25006"); // read-only: a standby, while another takes over
        };
    }

    /**
     * The exception to throw. Values that a constraint or type refuses are the caller's mistake; the driver's message about them quotes the row
     * and so is left out.
     */
    static RuntimeException of(String what, SQLException failure) {
        if (isUnavailable(failure)) {
            return new Unavailable(what + ": PostgreSQL cannot be asked", failure);
        }
        String state = failure.getSQLState();
        if (state.startsWith("22") || state.startsWith("23")) {
            return new IllegalArgumentException(what + ": a value breaks a rule of the schema (SQLSTATE " + state + ")");
        }
        return new IllegalStateException(what + ": the statement failed", failure);
    }
}
